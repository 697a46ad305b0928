import { describe, expect, test } from '@jest/globals'
import type { InspectedModule } from '../../shared/livepatch/index.ts'
import { built, read } from './module-files.ts'

const TWO_OBJECTS = [
  {
    name: null,
    kind: 'vmlinux',
    functions: [
      { oldName: 'first_function', sympos: '0' },
      { oldName: 'second_function', sympos: '2' },
      { oldName: 'third_function', sympos: '0' },
    ],
    callbacks: ['pre_patch'],
  },
  { name: 'vfat', kind: 'module', functions: [{ oldName: 'vfat_function', sympos: '1' }], callbacks: ['post_unpatch'] },
]

const STATES = [
  { id: '77', version: 3, hasData: false },
  { id: '9223372036854775808', version: 1, hasData: true },
]

const essence = ({ patch }: InspectedModule) =>
  patch.objects?.map(({ name, kind, functions, callbacks }) => ({
    name,
    kind,
    functions: functions.map(({ oldName, sympos }) => ({ oldName, sympos })),
    callbacks: Object.keys(callbacks),
  }))

const newNames = ({ patch }: InspectedModule) => patch.objects?.flatMap(({ functions }) => functions.map(({ newName }) => newName))

describe('one livepatch, laid out by different compilers', () => {
  test.each([
    ['two_objects', 'x86_64', '168/152'],
    ['two_objects_pic', 'x86_64', '168/152'],
    ['two_objects_sections', 'x86_64', '168/152'],
    ['two_objects_debug', 'x86_64', '256/240'],
    ['two_objects_aarch64', 'aarch64', '168/152'],
    ['two_objects_aarch64_pic', 'aarch64', '168/152'],
    ['two_objects_s390x', 's390x', '168/152'],
    ['two_objects_s390x_pic', 's390x', '168/152'],
    ['two_objects_ppc64le', 'ppc64le', '168/152'],
    ['two_objects_ppc64le_large', 'ppc64le', '168/152'],
    ['two_objects_power10', 'ppc64le', '168/152'],
    ['two_objects_stripped', 'x86_64', '168/152'],
    ['two_objects_sections_stripped', 'x86_64', '168/152'],
    ['two_objects_debug_stripped', 'x86_64', '256/240'],
  ])('%s (%s, record sizes %s) is read in full, and the unused livepatch beside it is not taken', (name, arch, strides) => {
    const module = read(built(name))
    expect(module.arch).toBe(arch)
    expect(module.patch).toMatchObject({
      status: 'static',
      foundBy: 'init-argument',
      replace: { value: true, certainty: 'static' },
      states: STATES,
    })
    expect(essence(module)).toEqual(TWO_OBJECTS)
    expect(`${module.patch.strides?.object}/${module.patch.strides?.function}`).toBe(strides)
    expect(newNames(module)).toEqual(name.includes('stripped') ? [null, null, null, null] : ['new_a', 'new_b', 'new_a', 'new_b'])
    expect(module.patch.incomplete).toBeUndefined()
    expect(module.warnings).toEqual([])
  })

  test('the code of a function has one hash, whatever else is in the module', () => {
    const hashes = (name: string) =>
      read(built(name)).patch.objects?.flatMap(({ functions }) => functions.map(({ oldName, code }) => [oldName, code]))
    expect(hashes('two_objects')).toEqual(hashes('two_objects_debug'))
    expect(new Map(hashes('two_objects')?.map(([name, code]) => [name, code])).get('first_function')).toMatch(/^[0-9a-f]{64}$/)
  })

  test('code whose end nobody knows has no hash', () => {
    expect(read(built('two_objects_stripped')).patch.objects?.flatMap(({ functions }) => functions.map(({ code }) => code))).toEqual([
      null,
      null,
      null,
      null,
    ])
  })
})

/** Section headers of type SHT_SYMTAB made plain data. */
const withoutSymbolTable = (module: Uint8Array): Uint8Array => {
  const bytes = Buffer.from(module)
  const headers = Number(bytes.readBigUInt64LE(40))
  for (let header = headers; header + 64 <= bytes.length; header += 64)
    if (bytes.readUInt32LE(header + 4) === 2) bytes.writeUInt32LE(1, header + 4)
  return bytes
}

describe('what the file alone cannot tell', () => {
  test('two livepatches and a choice at run time are ambiguous: both are named, neither is described', () => {
    const { patch } = read(built('chosen'))
    expect(patch).toMatchObject({ status: 'ambiguous', replace: { value: null, certainty: 'ambiguous' }, objects: null, states: null })
    expect(patch.candidates?.map(({ symbol }) => symbol).sort()).toEqual(['a', 'b'])
  })

  test('an array that is zero in the file and filled in by code is unknown, not empty', () => {
    expect(read(built('filled_later')).patch).toMatchObject({
      status: 'partial',
      objects: null,
      replace: { value: true, certainty: 'static' },
    })
  })

  test('an array that code changes is shown as initialised, and marked', () => {
    const { patch } = read(built('renamed_later'))
    expect(patch).toMatchObject({ status: 'partial', incomplete: true, objects: [{ functions: [{ oldName: 'one' }, { oldName: 'two' }] }] })
  })

  test.each(['x86_64', 'aarch64', 's390x', 'ppc64le'])('on %s, a `replace` that code writes is never a bare false', arch => {
    const { patch } = read(built(`replaced_later_${arch}`))
    expect(patch).toMatchObject({
      status: 'static',
      replace: { value: null, certainty: 'runtime' },
      objects: [{ functions: [{ oldName: 'one' }] }],
    })
    expect(patch.note).toBe('code writes `replace` when the module is loaded')
  })

  test('a structure that begins with its owner is no livepatch', () => {
    const { patch, effects } = read(built('built_by_code'))
    expect(patch).toMatchObject({ status: 'dynamic', objects: null, states: null, replace: { value: true, certainty: 'inferred' } })
    expect(effects.init?.map(({ symbol }) => symbol)).toEqual(['allocate', 'announce'])
  })

  test('klp-build: an object in two records is one object', () => {
    const module = read(built('klp_build_tables'))
    expect(module.flavour).toBe('klp-build')
    expect(module.patch).toMatchObject({
      status: 'tables',
      foundBy: 'klp-build-sections',
      replace: { value: true, certainty: 'inferred' },
      states: [],
    })
    expect(essence(module)).toEqual([
      {
        name: null,
        kind: 'vmlinux',
        functions: [
          { oldName: 'one', sympos: '0' },
          { oldName: 'four', sympos: '0' },
        ],
        callbacks: ['post_patch'],
      },
      {
        name: 'amdgpu',
        kind: 'module',
        functions: [
          { oldName: 'two', sympos: '4' },
          { oldName: 'three', sympos: '1' },
        ],
        callbacks: [],
      },
    ])
  })
})

describe('a file without symbols', () => {
  test('where a name was stripped, the hints say that there may be more', () => {
    const symbols = (name: string) => {
      const { effects } = read(built(name))
      return { exit: effects.exit?.map(({ symbol }) => symbol), incomplete: effects.incomplete }
    }
    expect(symbols('frees_later')).toEqual({ exit: ['klp_shadow_free_all', 'release'], incomplete: undefined })
    expect(symbols('frees_later_stripped')).toEqual({ exit: ['klp_shadow_free_all'], incomplete: ['exit'] })
  })

  test('no symbol table: no kernel loads it, and nothing is said to be none', () => {
    const { patch, effects, warnings } = read(withoutSymbolTable(built('two_objects')))
    expect(patch).toMatchObject({ status: 'malformed', objects: null, states: null, replace: { value: null, certainty: 'none' } })
    expect(effects).toEqual({ init: null, exit: null })
    expect(warnings.map(({ code }) => code)).toContain('no-symbols')
  })
})
