import { describe, expect, test } from '@jest/globals'
import { SavedMachine, simulatedKernel } from '../../agent/index.ts'
import { hotfix, one, RELEASE, two } from '../verdict/examples.ts'

const boot = (options: Partial<Parameters<typeof simulatedKernel>[0]> = {}) =>
  simulatedKernel({ release: RELEASE, bootId: 'boot-1', ...options })
const fileOf = (manifest: typeof one) => ({ name: manifest.name, manifest, bytes: new Uint8Array(), path: null })

describe('a simulated machine', () => {
  test('boots with what it is given, and knows the files', async () => {
    const { stack } = await boot({ preload: [one, hotfix], targets: ['driver'] }).observe()
    expect(stack.livepatches.map(({ name, digest }) => [name, digest])).toEqual([
      ['lp_1', one.digest],
      ['hotfix', hotfix.digest],
    ])
    expect(stack.targets).toEqual(['driver'])
  })

  test('goes on from what was saved, through JSON, as if nothing had been', async () => {
    const kernel = boot({ preload: [one, hotfix], targets: ['driver'] })
    await kernel.load(fileOf(two))
    const saved = SavedMachine.parse(JSON.parse(JSON.stringify(kernel.save())))
    const again = boot({ release: 'not looked at', saved })
    expect(await again.observe()).toEqual(await kernel.observe())
    expect(await again.load(fileOf(one))).toEqual(await kernel.load(fileOf(one)))
    await again.remove('lp_1')
    await kernel.remove('lp_1')
    expect(again.save()).toEqual(kernel.save())
  })

  test('answers as a kernel: what cannot be is refused with its errno', async () => {
    const kernel = boot({ preload: [one] })
    expect((await kernel.load(fileOf(one))).result).toBe('EEXIST')
    expect((await kernel.remove('lp_1')).result).toBe('EAGAIN')
    expect((await kernel.load({ ...fileOf(two), manifest: null })).result).toBe('ENOEXEC')
  })

  test('answers with EBUSY where somebody else has the function, or ftrace is off, and tells who', async () => {
    const taken = { object: null, function: 'f', kind: 'kprobe' as const, exclusive: true }
    const [first] = two.objects[0]?.functions ?? []
    for (const tracing of [
      { ftraceEnabled: true, tracers: [{ ...taken, function: first?.name ?? '' }] },
      { ftraceEnabled: false, tracers: [] },
    ]) {
      const kernel = boot({ tracing })
      expect((await kernel.load(fileOf(two))).result).toBe('EBUSY')
      expect((await kernel.observe()).stack.tracing).toEqual(tracing)
      const again = boot({ saved: SavedMachine.parse(JSON.parse(JSON.stringify(kernel.save()))) })
      expect((await again.load(fileOf(two))).result).toBe('EBUSY')
    }
    const other = { ...two, objects: [{ name: null, functions: [{ name: 'h', sympos: '0' }], callbacks: {} }] }
    const free = boot({ tracing: { ftraceEnabled: true, tracers: [taken] } })
    expect((await free.load(fileOf(other))).result).toBe('OK')
  })

  test('whose scene cannot be set is an error', () => {
    expect(() => boot({ preload: [one, one] })).toThrow('EEXIST')
  })
})
