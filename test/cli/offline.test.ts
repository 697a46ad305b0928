import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { InspectAnswer } from '../../shared/livepatch/index.ts'
import { offline } from './harness.ts'

const example = (name: string): Buffer => readFileSync(fileURLToPath(new URL(`../../examples/livepatches/${name}.ko`, import.meta.url)))
const ko = fileURLToPath(new URL('../data/ko/', import.meta.url))
const [one, two] = [example('lp_proc_1'), example('lp_proc_2')]

describe('inspect', () => {
  test('reads a module for people', async () => {
    const ran = await offline(['inspect', 'lp.ko'], { 'lp.ko': two })
    expect(ran.exit).toBe(0)
    for (const text of ['lp_proc_2', 'static', 'vmlinux:post_unpatch', 'CVE-0000-0002', '6.1.0']) expect(ran.out).toContain(text)
  })
  test('prints one answer for one file, a list for several, in the published shape', async () => {
    const single = await offline(['inspect', 'lp.ko', '-o', 'json'], { 'lp.ko': two })
    expect(InspectAnswer.parse(JSON.parse(single.out))).toMatchObject({ file: 'lp.ko', name: 'lp_proc_2', livepatch: true })
    const several = await offline(['inspect', 'a.ko', 'b.ko', '-o', 'json'], { 'a.ko': one, 'b.ko': Buffer.from('no module') })
    const answers = InspectAnswer.array().parse(JSON.parse(several.out))
    expect(answers).toMatchObject([{ file: 'a.ko' }, { file: 'b.ko', error: { code: 'unknown-format' } }])
    expect(several.exit).toBe(12)
  })
  test('a refused file is 12 and says where and why', async () => {
    const ran = await offline(['inspect', 'cut.ko'], { 'cut.ko': two.subarray(0, 200) })
    expect(ran).toMatchObject({ exit: 12, out: expect.stringMatching(/refused [\w-]+: .+/) })
  })
  test('answers for every given file in the expected shape, with the code of the worst', async () => {
    const expected: { files: Record<string, { patch: { status: string }; signature: { present: boolean } }> } = JSON.parse(
      readFileSync(`${ko}expected.json`, 'utf8'),
    )
    for (const [name, entry] of Object.entries(expected.files)) {
      const { patch, ...rest } = entry
      const told = { ...rest, signature: { present: rest.signature.present }, patch: { status: patch.status } }
      const ran = await offline(['inspect', `${ko}given/${name}`, '-o', 'json'])
      expect([name, JSON.parse(ran.out)]).toMatchObject([name, told])
      expect([name, ran.exit]).toEqual([name, ['dynamic', 'ambiguous', 'malformed'].includes(entry.patch.status) ? 11 : 0])
    }
  })
  test('with certificates says whether a signature is intact and trusted', async () => {
    const signed = await offline(['inspect', `${ko}given/lp_signed_sha256.ko`, '--trust', `${ko}keys`])
    expect(signed.out).toMatch(/signature .*signer matched, intact, trusted/)
    const unknown = await offline(['inspect', `${ko}given/lp_signed_sha256.ko`])
    expect(unknown.out).not.toContain('trusted')
  })
  test.each([
    ['given/lp_klprela.ko', /^relocations +vmlinux in \.text: vmlinux:vm_static_helper,3, vmlinux:vm_static_data,1$/m],
    ['given/lp_dynreplace.ko', /^livepatch +static: code writes `replace` when the module is loaded$/m],
    ['given/lp_basic.ko', /^srcversion +ADB5EA04AE0EA90510953F2$/m],
    ['given/lp_shadow.ko', /^exit uses +klp_shadow_free_all$/m],
    ['built/chosen.ko', /^candidates +b \(\.data, byte 0\)\n +a \(\.data, byte 224\)$/m],
    ['built/renamed_later.ko', /^functions +vmlinux:one → new_a\n +vmlinux:two → new_b\n +perhaps more$/m],
    ['bad/52_siglen_le.ko', /^signature +malformed: a signature of 3573612544 bytes does not fit into the file$/m],
    ['kernel/6.1/lk_tables_twice.ko', /^warnings +duplicate-object: .+ \(__klp_objects, byte 64\)$/m],
    ['bad/08_shoff_wrap.ko', /^refused section-table-outside-file: .+ at 18446744073709551552 .+ \(file, byte 40\)$/m],
  ])('%s: nothing that the file says is left out for people', async (name, line) => {
    expect((await offline(['inspect', `${ko}${name}`])).out).toMatch(line)
  })
  test('a file that is not there is no refusal of a file', async () => {
    const err = 'error: none.ko: there is no such file\n'
    expect(await offline(['inspect', 'none.ko'])).toMatchObject({ exit: 1, out: '', err })
    expect(await offline(['inspect', 'none.ko', '-o', 'json'])).toMatchObject({ exit: 1, out: '', err })
  })
  test('what cannot be opened is told in one line, and keeps nobody from reading the rest', async () => {
    const files = { '1.ko': one, 'bad.ko': Buffer.from('no module') }
    const err = 'error: none.ko: there is no such file; .: it is a folder\n  hint: look at the paths; every other file was read\n'
    const ran = await offline(['inspect', 'none.ko', '1.ko', '.', '-o', 'json'], files)
    expect(ran).toMatchObject({ exit: 1, err })
    expect(InspectAnswer.array().parse(JSON.parse(ran.out))).toMatchObject([{ file: '1.ko' }])
    const table = await offline(['inspect', 'none.ko', '1.ko', '.', 'bad.ko'], files)
    expect(table).toMatchObject({ exit: 12, err, out: expect.stringMatching(/lp_proc_1[\s\S]*refused unknown-format/) })
  })
  test.each([
    ['bad/01_empty.ko', 12, 12],
    ['given/plain_mod.ko', 12, 12],
    ['given/lp_basic.ko', 1, 0],
  ])(
    'verdict and bridge of a file that makes no manifest end by what is wrong with it, and a bridge wants no series: %s is %d and %d',
    async (name, exit, bridge) => {
      const stack = JSON.stringify({ kernelRelease: '6.1.0', livepatches: [], resident: [], targets: [], forced: false })
      expect((await offline(['verdict', `${ko}${name}`, '--stack', 'stack.json'], { 'stack.json': stack })).exit).toBe(exit)
      expect((await offline(['bridge', `${ko}${name}`, `${ko}${name}`])).exit).toBe(bridge)
    },
  )
  test('verdict of a file in which nothing is certain, beside what was stated, is 11', async () => {
    const stack = JSON.stringify({ kernelRelease: '6.1.0', livepatches: [], resident: [], targets: [], forced: false })
    const args = ['verdict', `${ko}given/lp_dynamic.ko`, '--series', 's', '--version', '1', '--stack', 'stack.json']
    expect(await offline(args, { 'stack.json': stack })).toMatchObject({ exit: 11, err: expect.stringContaining('does not say replace') })
  })
})

describe('diff', () => {
  const files = { '1.ko': one, '2.ko': two }
  test('tells what goes back to the kernel’s own code first, and what is lost', async () => {
    const ran = await offline(['diff', '2.ko', '1.ko'], files)
    expect(ran.exit).toBe(0)
    expect(ran.out).toMatch(/^reverted +vmlinux:version_proc_show\n/)
    for (const text of ['callbacks lost', 'vmlinux:post_unpatch', 'fixes lost', 'CVE-0000-0002']) expect(ran.out).toContain(text)
  })
  test('names the file of which nothing is known, and why; a refused one with its place', async () => {
    const dynamic = await offline(['diff', `${ko}given/lp_basic.ko`, `${ko}given/lp_dynamic.ko`])
    expect(dynamic).toMatchObject({ exit: 11, out: expect.stringMatching(/^not readable +lp_dynamic\.ko: dynamic: no klp_patch/) })
    const refused = await offline(['diff', `${ko}given/lp_basic.ko`, `${ko}bad/08_shoff_wrap.ko`])
    expect(refused).toMatchObject({
      exit: 12,
      out: '',
      err: expect.stringMatching(/refused section-table-outside-file: .+ \(file, byte 40\)/),
    })
  })
  test('a livepatch beside itself keeps everything', async () => {
    const { functions, fixes } = JSON.parse((await offline(['diff', '2.ko', '2.ko', '-o', 'json'], files)).out)
    expect({ ...functions, ...fixes }).toMatchObject({ repatched: [], added: [], reverted: [], gained: [], lost: [] })
    expect(functions.kept).toHaveLength(2)
  })
  test.each([
    ['given/lp_basic.ko', 'bad/34_name_unterminated.ko', 11, 'malformed', 'the old name of a function does not end with a NUL'],
    ['bad/35_funcs_no_terminator.ko', 'given/lp_basic.ko', 11, 'malformed', 'an array of functions has no terminator'],
    ['built/renamed_later.ko', 'given/lp_basic.ko', 0, 'partial', 'code refers to the inside of the arrays'],
  ])('%s beside %s: says that not all of it was readable', async (from, to, exit, status, note) => {
    const ran = await offline(['diff', `${ko}${from}`, `${ko}${to}`])
    expect(ran).toMatchObject({ exit, out: expect.stringMatching(new RegExp(`^not all readable +\\S+\\.ko: ${status}: ${note}`)) })
    const told = JSON.parse((await offline(['diff', `${ko}${from}`, `${ko}${to}`, '-o', 'json'])).out)
    expect(told.uncertain).toMatchObject([{ status, note: expect.stringContaining(note) }])
  })
  test('where nothing certain is known of one, that is an exit code', async () => {
    expect(await offline(['diff', '1.ko', `${ko}given/lp_dynamic.ko`], files)).toMatchObject({
      exit: 11,
      out: expect.stringContaining('not known'),
    })
    expect(await offline(['diff', '1.ko', `${ko}bad/01_empty.ko`], files)).toMatchObject({ exit: 12, out: '' })
  })
})

const scenario = {
  name: 'two livepatches',
  modules: [
    { name: 'p1', replace: true, objects: [{ name: null, funcs: ['cmdline_proc_show'], callbacks: { post_unpatch: true } }] },
    { name: 'p2', replace: true, objects: [{ name: null, funcs: ['version_proc_show'] }] },
  ],
  probe: ['vmlinux:cmdline_proc_show'],
  steps: [
    { op: 'load', module: 'p1' },
    { op: 'load', module: 'p1' },
    { op: 'load', module: 'p2' },
  ],
}

describe('simulate', () => {
  test('prints what the kernel answers, logs and shows, step by step', async () => {
    const ran = await offline(['simulate', 's.json'], { 's.json': JSON.stringify(scenario) })
    expect(ran.exit).toBe(0)
    for (const text of [
      'two livepatches on Linux 6.1',
      '$ load p1  OK',
      '$ load p1  EEXIST',
      "livepatch: enabling patch 'p2'",
      'vmlinux:cmdline_proc_show runs p1',
      '/sys/kernel/livepatch/p2: enabled 1, transition 0',
    ])
      expect(ran.out).toContain(text)
  })
  test('says on what its rules rest, and refuses what is no kernel release', async () => {
    const run = (kernel: string) => offline(['simulate', 's.json', '--kernel', kernel], { 's.json': JSON.stringify(scenario) })
    expect((await run('6.12')).out).toContain('recorded on a real kernel')
    expect((await run('6.6')).out).toContain('from source, not recorded')
    expect(await run('banana')).toMatchObject({ exit: 2, out: '' })
  })
  test('with --explain says why each line came, and from where', async () => {
    const ran = await offline(['simulate', 's.json', '--explain'], { 's.json': JSON.stringify(scenario) })
    expect(ran.out).toContain('kernel/livepatch/core.c: __klp_enable_patch')
  })
  test('prints JSON, one answer for one scenario and a list for several lines', async () => {
    const single = await offline(['simulate', 's.json', '-o', 'json', '--kernel', '6.12'], { 's.json': JSON.stringify(scenario) })
    expect(JSON.parse(single.out)).toMatchObject({
      kernel: '6.12',
      steps: [{ op: 'load', module: 'p1', rc: 'OK' }, { rc: 'EEXIST' }, { rc: 'OK' }],
    })
    const lines = `${JSON.stringify(scenario)}\n\n${JSON.stringify({ ...scenario, name: 'again' })}\n`
    const several = await offline(['simulate', 's.jsonl', '-o', 'json'], { 's.jsonl': lines })
    expect(JSON.parse(several.out)).toMatchObject([{ name: 'two livepatches' }, { name: 'again' }])
  })
  const wrong: readonly (readonly [string, string, RegExp])[] = [
    ['what is no JSON', '{"name": 1\nx', /s\.json:1: this is no JSON/],
    ['what is no scenario', '{"name": "x", "modules": [], "steps": [{"op": "dance"}]}', /scenario 1: steps\.0\.op/],
  ]
  test.each(wrong)('%s is refused with its place', async (_, text, message) => {
    expect(await offline(['simulate', 's.json'], { 's.json': text })).toMatchObject({
      exit: 1,
      out: '',
      err: expect.stringMatching(message),
    })
  })
})

describe('verdict on a stack', () => {
  const stack = (name: string) => ({
    kernelRelease: '6.1.0-50-amd64',
    livepatches: [{ name, digest: null, enabled: true, transition: false }],
    resident: [],
    targets: [],
    forced: false,
  })
  const files = {
    '1.ko': one,
    '2.ko': two,
    'runs1.json': JSON.stringify(stack('lp_proc_1')),
    'runs2.json': JSON.stringify(stack('lp_proc_2')),
  }

  test('going back to a livepatch that cannot undo the callbacks of the newer one is blocked, offline', async () => {
    const ran = await offline(['verdict', '1.ko', '--stack', 'runs2.json', '--known', '2.ko'], files)
    expect(ran.exit).toBe(3)
    expect(ran.out).toContain('block missing-callback')
  })
  test('going forward is not', async () => {
    const ran = await offline(['verdict', '2.ko', '--stack', 'runs1.json', '--known', '1.ko', '-o', 'json'], files)
    expect(ran.exit).toBe(10)
    expect(JSON.parse(ran.out).outcome).not.toBe('block')
  })
  test('without the file of what runs nothing is foretold, and a hint says what to give', async () => {
    const ran = await offline(['verdict', '1.ko', '--stack', 'runs2.json'], files)
    expect(ran).toMatchObject({ exit: 3, err: 'hint: --known FILE gives the module file of a livepatch that a stack names\n' })
    expect(ran.out).toMatch(/^way back +unknown$/m)
  })
  test('what runs may be a livepatch that says no series', async () => {
    const given = { ...files, 'k.ko': readFileSync('test/data/ko/given/lp_basic.ko'), 'k.json': JSON.stringify(stack('lp_basic')) }
    const ran = await offline(['verdict', '1.ko', '--stack', 'k.json', '--known', 'k.ko'], given)
    expect(ran).toMatchObject({ exit: 10, err: expect.stringContaining('of a series lp_basic of its own') })
  })
  test('wants to know what to judge on', async () => {
    expect((await offline(['verdict', '1.ko'], files)).exit).toBe(2)
    expect((await offline(['verdict', '1.ko', '--fleet', 'edge', '--stack', 'runs1.json'], files)).exit).toBe(2)
  })
  test('a stack that is none is told with its place', async () => {
    const ran = await offline(['verdict', '1.ko', '--stack', 'x.json'], { ...files, 'x.json': '{"kernelRelease": 6}' })
    expect(ran).toMatchObject({ exit: 1, err: expect.stringContaining('kernelRelease') })
  })
})
