import { describe, expect, test } from '@jest/globals'
import { digestOfModule, Manifest, manifestOf, type Statement, Statement as StatementSchema } from '../../shared/livepatch/index.ts'
import { bad, built, example, given, read } from './module-files.ts'

const made = (bytes: Uint8Array, statement: Statement = {}) =>
  manifestOf(read(bytes), statement, { digest: digestOfModule(bytes), size: bytes.length })
const manifest = (bytes: Uint8Array, statement: Statement = {}): Manifest => {
  const result = made(bytes, statement)
  if (!result.ok) throw new Error(`${result.error.field}: ${result.error.reason}`)
  return result.manifest
}
const refusal = (bytes: Uint8Array, statement: Statement = {}) => {
  const result = made(bytes, statement)
  return result.ok ? 'a manifest' : `${result.error.code} ${result.error.field}`
}
const NAMED: Statement = { series: 'line', version: '1' }

describe('the manifests of the demonstration livepatches', () => {
  test.each([
    ['lp_proc_1', '1', true, ['cmdline_proc_show'], ['CVE-0000-0001'], [], []],
    [
      'lp_proc_2',
      '2',
      true,
      ['cmdline_proc_show', 'version_proc_show'],
      ['CVE-0000-0001', 'CVE-0000-0002'],
      ['pre_patch', 'post_patch', 'pre_unpatch', 'post_unpatch'],
      [],
    ],
    [
      'lp_proc_3',
      '3',
      true,
      ['cmdline_proc_show', 'version_proc_show', 'uptime_proc_show'],
      ['CVE-0000-0001', 'CVE-0000-0002', 'CVE-0000-0003'],
      ['pre_patch', 'post_patch', 'pre_unpatch', 'post_unpatch'],
      [
        { id: '1', version: 1 },
        { id: '2', version: 1 },
      ],
    ],
    ['lp_proc_hotfix', '1', false, ['version_proc_show'], ['CVE-0000-0002'], [], []],
  ])('%s says everything itself', (name, version, replace, functions, fixes, callbacks, states) => {
    const one = manifest(example(name))
    expect(one).toMatchObject({
      name,
      version,
      replace,
      fixes,
      states,
      kernelRelease: '6.1.0-50-amd64',
      arch: 'x86_64',
      license: 'GPL',
      stated: [],
    })
    expect(one.objects).toMatchObject([{ name: null, functions: functions.map(old => ({ name: old, sympos: '0' })) }])
    expect(Object.keys(one.objects[0]?.callbacks ?? {})).toEqual(callbacks)
    expect(Manifest.parse(JSON.parse(JSON.stringify(one)))).toEqual(one)
  })

  test('3 takes over each callback of 2, and says so in the module', () => {
    const adopts = manifest(example('lp_proc_3')).adopts
    expect(adopts.map(({ callback }) => callback).sort()).toEqual(['post_patch', 'post_unpatch', 'pre_patch', 'pre_unpatch'])
    expect(adopts).toEqual(adopts.map(({ callback }) => ({ livepatch: 'lp_proc_2', object: null, callback, source: 'module' })))
  })
})

describe('what is read and what is stated', () => {
  test('a field that the file does not say must be stated, and is marked', () => {
    expect(refusal(given('lp_basic.ko'))).toBe('missing series')
    expect(refusal(given('lp_basic.ko'), { series: 'line' })).toBe('missing version')
    expect(manifest(given('lp_basic.ko'), NAMED)).toMatchObject({ series: 'line', version: '1', stated: ['series', 'version'] })
  })

  test.each<[string, Statement, string]>([
    ['another series', { series: 'other' }, 'contradicted series'],
    ['another version', { version: '9' }, 'contradicted version'],
    ['another release', { kernelRelease: '6.1.0-51-amd64' }, 'contradicted kernelRelease'],
    ['another name', { name: 'lp_proc_9' }, 'contradicted name'],
    ['not cumulative', { replace: false }, 'contradicted replace'],
    ['no states', { states: [] }, 'contradicted states'],
    ['no objects', { objects: [] }, 'contradicted objects'],
  ])('a statement that the file contradicts is refused: %s', (_, statement, want) => {
    expect(refusal(example('lp_proc_3'), statement)).toBe(want)
  })

  test('a statement that repeats the file is no statement', () => {
    const own = manifest(example('lp_proc_3'))
    const objects = own.objects.map(object => ({ ...object, functions: object.functions.map(({ name, sympos }) => ({ name, sympos })) }))
    const repeated = { series: own.series, version: own.version, replace: own.replace, states: [...own.states], objects }
    expect(manifest(example('lp_proc_3'), repeated)).toEqual(own)
  })

  test('fixes and adoptions may be added, and keep their source', () => {
    const one = manifest(example('lp_proc_1'), { fixes: ['CVE-0000-0001', 'CVE-0000-0009'], adopts: ['lp_proc_2:nfsd:post_unpatch'] })
    expect(one.fixes).toEqual(['CVE-0000-0001', 'CVE-0000-0009'])
    expect(one.adopts).toEqual([{ livepatch: 'lp_proc_2', object: 'nfsd', callback: 'post_unpatch', source: 'submission' }])
    expect(one.stated).toEqual(['fixes', 'adopts'])
  })

  test.each(['lp_proc_2', 'lp_proc_2:vmlinux', 'lp_proc_2:vmlinux:unpatch', ':vmlinux:pre_patch'])('%j is no adoption', text => {
    expect(refusal(example('lp_proc_1'), { adopts: [text] })).toBe('invalid adopts')
  })

  test('what code stores in replace must be stated; a guess may not be contradicted', () => {
    const runtime = given('lp_dynreplace.ko')
    expect(refusal(runtime, NAMED)).toBe('missing replace')
    expect(manifest(runtime, { ...NAMED, replace: true })).toMatchObject({ replace: true, stated: ['series', 'version', 'replace'] })
    const inferred = given('lp_kpatch_replace.ko')
    expect(refusal(inferred, NAMED)).toBe('missing replace')
    expect(refusal(inferred, { ...NAMED, replace: false })).toBe('contradicted replace')
    expect(manifest(inferred, { ...NAMED, replace: true }).stated).toContain('replace')
  })

  test.each(['lp_dynamic.ko'])('%s: what code builds must be stated', file => {
    const objects = [{ name: null, functions: [{ name: 'f', sympos: '0' }], callbacks: {} }]
    const stated: Statement = { ...NAMED, replace: true }
    expect(refusal(given(file), stated)).toBe('missing objects')
    expect(refusal(given(file), { ...stated, objects })).toBe('missing states')
    expect(manifest(given(file), { ...stated, objects, states: [] }).stated).toEqual(['series', 'version', 'replace', 'objects', 'states'])
  })

  test('arrays that code changes must be stated too', () => {
    expect(refusal(built('renamed_later'), NAMED)).toBe('missing objects')
  })

  test.each([
    ['no livepatch', given('plain_mod.ko'), 'not-a-livepatch null'],
    ['never enabled', given('lp_noenable.ko'), 'not-a-livepatch null'],
    ['malformed', bad('32_funcs_self.ko'), 'unreadable objects'],
  ])('no statement helps: %s', (_, bytes, want) => {
    expect(refusal(bytes, { ...NAMED, replace: true, objects: [], states: [] })).toBe(want)
  })

  test.each<[Statement, string]>([
    [{ series: 'No Capitals', version: '1' }, 'invalid series'],
    [{ series: 'line', version: '1.x' }, 'invalid version'],
    [{ ...NAMED, fixes: ['CVE 1\u001b'] }, 'invalid fixes'],
  ])('%j is not of the form that a manifest wants', (statement, want) => {
    expect(refusal(given('lp_basic.ko'), statement)).toBe(want)
  })

  test('a statement about something else is refused at the edge', () => {
    expect(StatementSchema.safeParse({ series: 'line', digest: 'x' }).success).toBe(false)
  })

  test('a manifest carries what the signature is worth', () => {
    expect(manifest(given('lp_signed_sha256.ko'), NAMED).signature).toEqual({
      present: true,
      signer: 'Fixture rsa module key, serial 1D231D5CDAAD57E04CAAF679A814A93FDC052997',
      valid: null,
      trusted: null,
    })
    expect(manifest(bad('52_siglen_le.ko'), NAMED).signature).toMatchObject({
      present: true,
      signer: null,
      malformed: expect.stringContaining('does not fit'),
    })
  })
})
