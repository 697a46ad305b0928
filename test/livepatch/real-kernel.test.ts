import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import type { InspectedModule } from '../../shared/livepatch/index.ts'
import { built, DATA, given, read } from './module-files.ts'

/*
 * What three real kernels made of the modules: recorded by test/oracle/load-modules.ts, compared here with what the reader says of the same files.
 * Objects and functions are compared in full, positions as sysfs shows them (0, "the only one", is shown as 1), `replace` where sysfs shows
 * it, which Linux 6.1 does not; states are in no sysfs.
 */
type Directory = { readonly [name: string]: Directory | string | null }
type Recorded = { readonly file: string; readonly result: number; readonly log: readonly string[]; readonly sysfs: Directory }

const recorded = (kernel: string): readonly Recorded[] =>
  readFileSync(join(DATA, 'kernel', `${kernel}.jsonl`), 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map(line => JSON.parse(line) as Recorded)

const RUNS = ['6.1', '6.12', '7.2'].flatMap(kernel => recorded(kernel).map(run => ({ kernel, ...run })))

const moduleIn = (kernel: string, file: string): InspectedModule => {
  if (file.startsWith('lk_')) return read(readFileSync(join(DATA, 'kernel', kernel, file)))
  return read(file.startsWith('lp_') || file === 'plain_mod.ko' ? given(file) : built(file.replace(/\.ko$/, '')))
}

const directories = (tree: Directory): [string, Directory][] =>
  Object.entries(tree).flatMap(([name, entry]) =>
    typeof entry === 'object' && entry !== null ? [[name, entry] as [string, Directory]] : [],
  )

/** Objects and their functions, sorted, as the kernel shows them. */
const shown = (livepatch: Directory): [string, string[]][] =>
  directories(livepatch)
    .map(([object, entries]): [string, string[]] => [
      object,
      directories(entries)
        .map(([name]) => name)
        .sort(),
    ])
    .sort()

const said = ({ patch }: InspectedModule): [string, string[]][] | undefined =>
  patch.objects
    ?.map(({ name, functions }): [string, string[]] => [
      name ?? 'vmlinux',
      functions.map(({ oldName, sympos }) => `${oldName},${sympos === '0' ? '1' : sympos}`).sort(),
    ])
    .sort()

const loaded = RUNS.filter(({ sysfs }) => Object.keys(sysfs).length > 0)
const certain = loaded.filter(({ kernel, file }) => ['static', 'tables'].includes(moduleIn(kernel, file).patch.status))
const uncertain = loaded.filter(run => !certain.includes(run))

describe('a livepatch that a real kernel loaded', () => {
  test.each(certain)('Linux $kernel, $file: the sysfs tree is what was read', ({ kernel, file, sysfs }) => {
    const module = moduleIn(kernel, file)
    expect(Object.keys(sysfs)).toEqual([module.name])
    const [[, livepatch = {}] = []] = directories(sysfs)
    expect(said(module)).toEqual(shown(livepatch))
  })

  test.each(loaded.filter(({ kernel }) => kernel !== '6.1'))('Linux $kernel, $file: replace is what was read or inferred', run => {
    const { value } = moduleIn(run.kernel, run.file).patch.replace
    const [[, livepatch = {}] = []] = directories(run.sysfs)
    const isKnown = run.file !== 'lk_chosen.ko'
    expect(value).toBe(isKnown ? livepatch['replace'] === '1' : null)
  })

  test('what only the running code decides is not claimed', () => {
    expect(uncertain.map(({ kernel, file }) => `${kernel} ${file} ${moduleIn(kernel, file).patch.status}`)).toEqual(
      ['6.1', '6.12', '7.2'].flatMap(kernel => [
        `${kernel} lk_built_by_code.ko dynamic`,
        `${kernel} lk_chosen.ko ambiguous`,
        `${kernel} lk_filled_later.ko partial`,
        `${kernel} lk_renamed_later.ko partial`,
      ]),
    )
    const claimed = uncertain.filter(({ kernel, file }) => moduleIn(kernel, file).patch.objects !== null)
    expect(new Set(claimed.map(({ file }) => file))).toEqual(new Set(['lk_renamed_later.ko']))
    for (const { kernel, file } of claimed) expect(moduleIn(kernel, file).patch.incomplete).toBe(true)
  })

  test('what never enables a livepatch shows none', () => {
    const silent = RUNS.filter(({ result, sysfs }) => result === 0 && Object.keys(sysfs).length === 0)
    expect(silent.map(({ file }) => [file, moduleIn('6.1', file).patch.status])).toEqual([
      ['lp_noenable.ko', 'none'],
      ['plain_mod.ko', 'not-a-livepatch'],
    ])
  })
})

const refused = RUNS.filter(({ result }) => result !== 0)
const ENOENT = -2
const [ENOEXEC, EBUSY, EEXIST, EINVAL, EKEYREJECTED] = [-8, -16, -17, -22, -129]
const refusedWith = (code: number) => refused.filter(({ result }) => result === code)
const codes = (module: InspectedModule): string[] => module.warnings.map(({ code }) => code)

describe('a module that a real kernel refused', () => {
  test.each(refusedWith(ENOEXEC))('Linux $kernel, $file: made for another kernel, and that is what was read', ({ kernel, file, log }) => {
    expect(log.join('\n')).toContain(`version magic '${moduleIn(kernel, file).vermagic}' should be`)
  })

  test.each(refusedWith(EINVAL))('Linux $kernel, $file: the symbol that it misses was read', ({ kernel, file, log }) => {
    const [, missing = ''] = /symbol '([^']+)' not found/.exec(log.join('\n')) ?? []
    const { patch, klpRelocations } = moduleIn(kernel, file)
    const wanted = [
      ...(patch.objects ?? []).flatMap(({ functions }) => functions.map(({ oldName }) => oldName)),
      ...klpRelocations.flatMap(({ entries }) => entries.map(({ symbol }) => symbol)),
    ]
    if (patch.status === 'dynamic') expect(wanted).toEqual([])
    else expect(wanted).toContain(missing)
  })

  // Linux 7.2 answers EBUSY for the EEXIST of a module's init.
  test.each([...refusedWith(EEXIST), ...refusedWith(EBUSY)].filter(({ file }) => file.startsWith('lk_')))(
    'Linux $kernel, $file: an object that is there twice was warned of',
    ({ kernel, file, log }) => {
      expect(log.join('\n')).toContain('cannot create duplicate filename')
      expect(codes(moduleIn(kernel, file))).toContain('duplicate-object')
    },
  )

  test('attributes of a signature that only Authenticode may have were warned of', () => {
    expect(refusedWith(EKEYREJECTED).map(({ file, log }) => [file, ...log])).toEqual([
      ['signed_attributes.ko', 'PKCS7: S/MIME Caps only allowed with Authenticode'],
    ])
    expect(codes(moduleIn('6.1', 'signed_attributes.ko'))).toEqual(['refused-attribute'])
  })

  test('nothing else was refused but a stub that needs a newer kernel, and one that makes two objects of one', () => {
    const others = refused.filter(({ result, file }) => result === ENOENT || (result === EEXIST && !file.startsWith('lk_')))
    expect(others.map(({ file, log }) => [file, log[0]])).toEqual([
      ['lp_klpbuild_new.ko', 'lp_klpbuild_new: Unknown symbol klp_find_section_by_name (err -2)'],
      ['lp_kpatch_replace.ko', "sysfs: cannot create duplicate filename '/kernel/livepatch/lp_kpatch_replace/vmlinux'"],
    ])
    expect(new Set(refused.map(({ result }) => result))).toEqual(new Set([ENOENT, ENOEXEC, EBUSY, EEXIST, EINVAL, EKEYREJECTED]))
  })
})
