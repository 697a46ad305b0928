import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { bridgeBetween, bridgeSource } from '../../shared/verdict/index.ts'
import { ALL, livepatch } from '../verdict/examples.ts'
import { offline } from './harness.ts'

const example = (name: string): Buffer => readFileSync(join('examples/livepatches', `${name}.ko`))
const files = { '1.ko': example('lp_proc_1'), '2.ko': example('lp_proc_2') }
const source = readFileSync('test/data/verdict/bridge_lp_proc_2_lp_proc_1.c', 'utf8')

describe('bridge', () => {
  test('tells people what the bridge undoes and where it stands in the series', async () => {
    const ran = await offline(['bridge', '2.ko', '1.ko'], files)
    expect(ran.exit).toBe(0)
    for (const text of ['bridge_lp_proc_2_lp_proc_1', 'lp_proc_2:vmlinux:post_unpatch', 'vmlinux:post_patch → undo_on_vmlinux'])
      expect(ran.out).toContain(text)
  })

  test('prints the C skeleton that was built once with the headers of its kernel', async () => {
    expect(await offline(['bridge', '2.ko', '1.ko', '-o', 'c'], files)).toMatchObject({ exit: 0, out: source, err: '' })
  })

  test('prints its manifest, and what it has to close', async () => {
    const { bridge, open } = JSON.parse((await offline(['bridge', '2.ko', '1.ko', '-o', 'json'], files)).out)
    expect(bridge).toMatchObject({ name: 'bridge_lp_proc_2_lp_proc_1', replace: true, fixes: [] })
    expect(open).toEqual(expect.arrayContaining(['lp_proc_2:vmlinux:post_unpatch']))
  })

  test('writes what one builds it from, and never over what is there', async () => {
    const ran = await offline(['bridge', '2.ko', '1.ko', '--out', 'made'], files)
    const made = (name: string): string => readFileSync(join(ran.directory, 'made', name), 'utf8')
    expect(made('bridge_lp_proc_2_lp_proc_1.c')).toBe(source)
    expect(JSON.parse(made('bridge_lp_proc_2_lp_proc_1.json'))).toMatchObject({ name: 'bridge_lp_proc_2_lp_proc_1' })
    expect(made('Kbuild')).toBe('obj-m := bridge_lp_proc_2_lp_proc_1.o\n')
    const filled = await offline(['bridge', '2.ko', '1.ko', '--out', '.'], { ...files, Kbuild: 'mine' })
    expect(filled).toMatchObject({ exit: 1, err: expect.stringContaining('is there already') })
    expect(readFileSync(join(filled.directory, 'Kbuild'), 'utf8')).toBe('mine')
    expect(existsSync(join(filled.directory, 'bridge_lp_proc_2_lp_proc_1.c'))).toBe(false)
  })

  test('says that none is needed where nothing stays open', async () => {
    const ran = await offline(['bridge', '1.ko', '2.ko'], files)
    expect(ran).toMatchObject({ exit: 0, out: '', err: expect.stringContaining('no bridge is needed') })
    expect(JSON.parse((await offline(['bridge', '1.ko', '2.ko', '-o', 'json'], files)).out)).toEqual({ bridge: null, open: [] })
  })

  const given = (name: string): Buffer => readFileSync(join('test/data/ko/given', `${name}.ko`))
  test('takes livepatches that say no series, each as a line of its own, and tells', async () => {
    const others = { 'a.ko': given('lp_callbacks'), 'b.ko': given('lp_basic'), 'k.ko': given('lp_kpatch_replace') }
    const ran = await offline(['bridge', 'a.ko', 'b.ko'], others)
    expect(ran).toMatchObject({ exit: 0, out: expect.stringMatching(/^bridge +bridge_lp_callbacks_lp_basic$/m) })
    expect(ran.out).toMatch(/^series +lp_callbacks version 1\.1$/m)
    expect(ran.err).toContain('a.ko: taken to be version 1 of a series lp_callbacks of its own (the file does not say)')
    expect((await offline(['bridge', 'k.ko', 'b.ko'], others)).err).toContain('of its own, and cumulative (the file does not say)')
  })

  test.each<[string, string, number, string]>([
    ['lp_callbacks', 'lp_decoy', 0, 'lp_decoy is not cumulative, so it replaces nothing and lp_callbacks stays underneath'],
    ['lp_states', 'lp_basic', 3, 'no bridge leads from lp_states to lp_basic: it lacks a system state'],
    ['lp_dynreplace', 'lp_basic', 11, 'hint: give its manifest instead of the module file'],
    ['plain_mod', 'lp_basic', 12, 'not marked livepatch=Y'],
  ])('%s to %s: exit %i, %s', async (from, to, exit, told) => {
    expect(await offline(['bridge', 'a.ko', 'b.ko'], { 'a.ko': given(from), 'b.ko': given(to) })).toMatchObject({
      exit,
      out: '',
      err: expect.stringContaining(told),
    })
  })

  test('reads manifests, too, and refuses what no bridge leads to', async () => {
    const older = livepatch({ name: 'p1', version: '1' })
    const stateful = livepatch({ name: 'p2', version: '2', on: { vmlinux: { callbacks: ALL } }, states: [{ id: '1', version: 1 }] })
    const elsewhere = { ...older, kernelRelease: '6.12.0' }
    const texts = { 'p1.json': JSON.stringify(older), 'p2.json': JSON.stringify(stateful), 'p3.json': JSON.stringify(elsewhere) }
    expect(await offline(['bridge', 'p2.json', 'p1.json'], texts)).toMatchObject({ exit: 3, err: expect.stringContaining('system state') })
    expect(await offline(['bridge', 'p2.json', 'p3.json'], texts)).toMatchObject({ exit: 3, err: expect.stringContaining('6.12.0') })
    const plain = { ...stateful, states: [] }
    const ran = await offline(['bridge', 'p2.json', 'p1.json', '-o', 'c'], { ...texts, 'p2.json': JSON.stringify(plain) })
    const planned = bridgeBetween([plain], older)
    expect(ran.out).toBe(planned && bridgeSource(planned))
  })
})
