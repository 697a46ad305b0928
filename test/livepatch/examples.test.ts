import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { EXAMPLES, example, read } from './module-files.ts'

const NAMES = ['lp_proc_1', 'lp_proc_2', 'lp_proc_3', 'lp_proc_hotfix']

type Step = { loaded: string; result: string; sysfs: string[]; settings: string }

/** The steps of the recorded run: what was loaded, insmod's answer, the functions in sysfs, the two settings afterwards. */
const recorded = (): Step[] =>
  readFileSync(join(EXAMPLES, 'kernel-6.1.txt'), 'utf8')
    .split(/^(?=insmod [a-z_0-9]+: )/m)
    .slice(1)
    .map(text => {
      const [, loaded = '', result = ''] = /^insmod ([a-z_0-9]+): (\d+)/.exec(text) ?? []
      const [, panic = '', console = ''] = /panic=(-?\d+) printk=(\d+)/.exec(text) ?? []
      const now = text.split(/^== disabled/m)[0] ?? ''
      return { loaded, result, sysfs: now.match(/^\/sys\/kernel\/livepatch\/.+$/gm) ?? [], settings: `${panic} ${console}` }
    })

/** The directories that a loaded livepatch makes: a position of 0, "the only one", is shown as 1 (kernel/livepatch/core.c, klp_init_object_loaded). */
const sysfsOf = (name: string): string[] =>
  (read(example(name)).patch.objects ?? []).flatMap(object =>
    object.functions.map(
      ({ oldName, sympos }) => `/sys/kernel/livepatch/${name}/${object.name ?? 'vmlinux'}/${oldName},${sympos === '0' ? '1' : sympos}`,
    ),
  )

describe('the demonstration livepatches in a real kernel', () => {
  test.each(NAMES)('%s: the sysfs tree is what was read', name => {
    const step = recorded().find(({ loaded, result }) => loaded === name && result === '0')
    expect(step?.sysfs.filter(path => path.includes(`/${name}/`))).toEqual(sysfsOf(name).sort())
  })

  test('what replaces all others is what was read as cumulative', () => {
    for (const { loaded, result, sysfs } of recorded()) {
      if (result !== '0' || recorded()[0]?.loaded === loaded) continue
      const isAlone = sysfs.every(path => path.includes(`/${loaded}/`))
      expect([loaded, isAlone]).toEqual([loaded, read(example(loaded)).patch.replace.value])
    }
  })

  test('going back from 2 to 1 leaves both settings behind, going back from 3 is refused', () => {
    expect(recorded().map(({ loaded, result, settings }) => `${loaded} ${result} ${settings}`)).toEqual([
      'lp_proc_1 0 0 7',
      'lp_proc_hotfix 0 0 7',
      'lp_proc_2 0 30 4',
      'lp_proc_3 0 30 4',
      'lp_proc_1 22 30 4',
      'lp_proc_2 0 30 4',
      'lp_proc_1 0 30 4',
    ])
  })

  test('neither init nor exit does anything but enable the livepatch', () => {
    for (const name of NAMES) expect(read(example(name)).effects).toEqual({ init: [], exit: [] })
  })
})

const hasCompiler = existsSync('/usr/src/linux-headers-6.1.0-50-amd64') && existsSync('/usr/bin/gcc-12')
if (hasCompiler)
  test('where the kernel headers are, the sources give the built files byte for byte', () => {
    const folder = mkdtempSync(join(tmpdir(), 'livepatches-'))
    try {
      execFileSync(join(EXAMPLES, 'build.sh'), ['6.1.0-50-amd64', folder], { stdio: 'ignore', timeout: 55_000 })
      for (const name of NAMES)
        expect(readFileSync(join(folder, `${name}.ko`)).equals(readFileSync(join(EXAMPLES, `${name}.ko`)))).toBe(true)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
