import { describe, expect, test } from '@jest/globals'
import { imageOf } from '../../shared/kernel/index.ts'
import type { Manifest } from '../../shared/livepatch/index.ts'
import { hotfix, livepatch, one, stackOf, two } from '../verdict/examples.ts'
import { World } from './world.ts'

const world = (preload: readonly Manifest[], next: Manifest = one): Promise<World> => new World(preload, next).admit()

const sleepy = livepatch({ name: 'lp_s', version: '4', on: { driver: { functions: ['f'], callbacks: ['post_patch', 'pre_unpatch'] } } })

/** A host that has set out, and whose first transition stays open, because a task sleeps in the code that is disabled. */
const heldOpen = async (): Promise<World> => {
  const host = new World([], one)
  const { objects, ...image } = imageOf(sleepy)
  const sleeping = objects.map(object => ({
    ...object,
    functions: object.functions.map(f => ({ ...f, sleeps: 'uninterruptible' as const })),
  }))
  host.kernel.apply({ op: 'load', module: { kind: 'target', name: 'driver', symbols: new Map([['f', { occurrences: 1 }]]) } })
  host.kernel.apply({ op: 'load', module: { ...image, objects: sleeping } })
  host.kernel.apply({ op: 'spawn', task: { id: 'reader', object: 'driver', function: 'f' } })
  await host.admit()
  host.publish(1)
  await host.live(2)
  expect([host.done(), await host.stack()]).toEqual([['disable lp_s'], ['lp_s off']])
  return host
}
const letGo = (host: World): unknown => host.kernel.apply({ op: 'release', name: 'lp_s' })

describe('a host that is asked by the route disable-then-load', () => {
  test('disables what it runs, newest first, removes each module, and loads then', async () => {
    const host = await world([two, hotfix])
    host.publish(1)
    await host.live(3)
    expect(host.done()).toEqual(['disable hotfix', 'remove hotfix', 'disable lp_2', 'remove lp_2', 'load lp_1'])
    expect(await host.stack()).toEqual(['lp_1'])
    expect(host.last()).toMatchObject({
      state: 'applied',
      refusal: null,
      between: { since: expect.any(Number), until: expect.any(Number), disables: ['lp_2', 'hotfix'] },
    })
  })

  test('and runs nothing just loads, and is never between', async () => {
    const host = await world([])
    host.publish(1)
    await host.live(3)
    expect(host.done()).toEqual(['load lp_1'])
    expect(host.last()).toMatchObject({ state: 'applied' })
    expect(host.last()?.between).toBeUndefined()
  })

  test('and runs it already, alone, does nothing; with a hotfix on top it loads it anew', async () => {
    const alone = await world([one])
    alone.publish(1)
    expect((await alone.live(3)).done()).toEqual([])
    const patched = await world([one, hotfix])
    patched.publish(1)
    await patched.live(3)
    expect(patched.done()).toEqual(['disable hotfix', 'remove hotfix', 'disable lp_1', 'remove lp_1', 'load lp_1'])
    expect(patched.last()).toMatchObject({ state: 'applied' })
  })

  test('and whose stack the verdict did not cover disables nothing', async () => {
    const host = await world([two])
    host.admitted = ['0'.repeat(64)]
    host.publish(1)
    await host.live(3)
    expect(host.done()).toEqual([])
    expect(host.last()).toMatchObject({ state: 'quarantined', refusal: { code: 'stack-not-admitted' } })
  })

  test('arrives wherever its agent dies, before or after each thing that it does', async () => {
    const whole = await world([two, hotfix])
    whole.publish(1)
    const steps = (await whole.live(3)).did.length
    for (const when of ['before', 'after'] as const)
      for (let fatal = 1; fatal <= steps + 3; fatal += 1) {
        const host = await world([two, hotfix])
        host.publish(1)
        await host.live(8, (now, count) => now === when && count === fatal)
        expect([when, fatal, await host.stack(), host.last()?.state]).toEqual([when, fatal, ['lp_1'], 'applied'])
        expect(host.last()?.between).toMatchObject({ disables: ['lp_2', 'hotfix'], until: expect.any(Number) })
      }
  })

  test('arrives though the control plane is gone from the moment at which it set out', async () => {
    const host = await world([two, hotfix])
    host.publish(1)
    await host.live(3, () => {
      if (host.did.at(-1) === 'disable hotfix') host.isUp = false
      return false
    })
    expect(host.isUp).toBe(false)
    expect(await host.stack()).toEqual(['lp_1'])
  })

  test('leaves a module in memory that the kernel does not let go, rather than stay without a livepatch', async () => {
    const host = await world([two])
    host.publish(1)
    const { remove } = host.kernel
    host.kernel.remove = async name => (name === 'lp_2' ? { result: 'EAGAIN', detail: 'Module lp_2 is in use' } : remove(name))
    await host.live(6)
    expect(host.done()).toEqual(['disable lp_2', 'remove lp_2', 'remove lp_2', 'remove lp_2', 'load lp_1'])
    expect(await host.stack()).toEqual(['lp_1', '(lp_2)'])
    expect(host.last()).toMatchObject({ state: 'applied' })
  })

  test('and meets somebody else’s livepatch on the way goes no further, and says so', async () => {
    const host = await world([two, hotfix])
    host.publish(1)
    const { disable } = host.kernel
    host.kernel.disable = async name => {
      const answer = await disable(name)
      await host.kernel.load({ name: 'lp_3', manifest: livepatch({ name: 'lp_3', version: '3' }), bytes: new Uint8Array(), path: null })
      return answer
    }
    await host.live(3)
    expect(host.done()).toEqual(['disable hotfix'])
    expect(host.last()).toMatchObject({ state: 'quarantined', refusal: { code: 'stack-not-admitted' }, between: { until: null } })
  })

  test('and is refused by the kernel tries again, and then says so; nothing is disabled, nobody is between', async () => {
    const host = await world([two])
    host.publish(1)
    host.kernel.disable = async () => ({ result: 'EBUSY', detail: 'a transition is open' })
    await host.live(8)
    expect(host.done()).toHaveLength(5)
    expect(host.last()).toMatchObject({ state: 'apply-failed', refusal: { code: 'kernel-refused' } })
    expect(await host.stack()).toEqual(['lp_2'])
  })
})

describe('a host that is between two livepatches', () => {
  test('says so, says whom it waits for once that has stalled, asks nobody to force it, and arrives in the end', async () => {
    const host = await heldOpen()
    expect(host.last()).toMatchObject({ state: 'between', refusal: null, between: { disables: ['lp_s'], until: null } })
    await host.live(120)
    expect(host.last()).toMatchObject({
      state: 'transition-stalled',
      transition: { livepatch: 'lp_s', direction: 'unpatching', waiting: 1 },
    })
    expect(host.did).not.toContain('ask-clearance')
    letGo(host)
    await host.live(5)
    expect(host.done()).toEqual(['disable lp_s', 'remove lp_s', 'load lp_1'])
    expect(host.last()).toMatchObject({ state: 'applied', between: { until: expect.any(Number) } })
  })

  const STOPS: readonly (readonly [string, (host: World) => void, (host: World) => void])[] = [
    ['a stop order', host => host.publishStop(1, true), host => host.publishStop(2, false)],
    ['a hold', host => host.publish(2, { stopped: true }), host => host.publish(3)],
    ['an abort', host => host.publish(2, {}, null), host => host.publish(3)],
  ]
  test.each(STOPS)(
    'is kept there by %s, loads nothing, says so as long as it lasts, and goes on when it is over',
    async (_, stop, lift) => {
      const host = await heldOpen()
      stop(host)
      await host.live(15)
      letGo(host)
      await host.live(20)
      expect(host.done()).toEqual(['disable lp_s'])
      expect(host.last()).toMatchObject({
        state: 'between',
        refusal: { code: 'stopped', detail: expect.stringContaining('has disabled lp_s and has not loaded lp_1') },
        between: { until: null },
      })
      lift(host)
      await host.live(20)
      expect(await host.stack()).toEqual(['lp_1'])
      expect(host.last()).toMatchObject({ state: 'applied', refusal: null })
    },
  )

  test('finishes where its change is halted and its directive lets it', async () => {
    const host = await heldOpen()
    host.publish(2, { stopped: true }, { finish: true })
    await host.live(15)
    letGo(host)
    await host.live(5)
    expect(await host.stack()).toEqual(['lp_1'])
  })

  test('finishes though its directive has expired meanwhile and nobody offers another', async () => {
    const host = await heldOpen()
    host.isUp = false
    host.at += 20_000_000
    letGo(host)
    await host.live(5)
    expect(await host.stack()).toEqual(['lp_1'])
  })

  test('is there no more once it has rebooted, and its new stack has to be admitted like any', async () => {
    const host = await heldOpen()
    const { agent } = host
    const rebooted = new World([], one)
    rebooted.agent = { ...agent, pollAt: 0 }
    rebooted.kernel.observe = async () => ({ bootId: 'b2', stack: stackOf([]), patched: {} })
    rebooted.document = host.document
    await rebooted.live(3)
    expect(rebooted.done()).toEqual([])
    expect(rebooted.last()).toMatchObject({ state: 'quarantined', refusal: { code: 'stack-not-admitted' } })
    expect(rebooted.last()?.between).toBeUndefined()
  })
})

test('a directive that lets hosts finish lets none begin', async () => {
  const host = await world([two])
  host.publish(1, { stopped: true }, { finish: true })
  await host.live(5)
  expect(host.done()).toEqual([])
  expect(await host.stack()).toEqual(['lp_2'])
})
