import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { foldReport, type Host, type Report } from '../../shared/fleet/index.ts'
import { bucketOf, slotOf } from '../../shared/rollout/index.ts'
import { host, report, stack } from '../fleet/examples.ts'
import { NOON, newId } from './examples.ts'
import { openStore } from './open-store.ts'

const opened = openStore()

/** A fleet of its own with so many hosts, as they were enrolled. */
const enrol = async (size: number): Promise<{ fleet: string; hosts: readonly Host[] }> => {
  const fleet = newId()
  await opened.store.fleets.create({ id: fleet, description: '', pollSeconds: 30, at: NOON })
  const hosts = Array.from({ length: size }, (_, index) => {
    const id = `${fleet}-${index}`
    return host({ id, fleet, bucket: bucketOf(id) })
  })
  await opened.store.fleets.issueEnrolments(
    fleet,
    hosts.map(({ id }) => `token-${id}`),
    NOON + 1,
  )
  const queue = [...hosts]
  const worker = async () => {
    for (let one = queue.pop(); one; one = queue.pop())
      await opened.store.fleets.enrol({ fleet, tokenHash: `token-${one.id}`, host: one, at: NOON })
  }
  await Promise.all([worker(), worker(), worker(), worker()])
  return { fleet, hosts }
}

/** One batch, as the handler of reports sends it: the newest report of each host decides. */
const apply = (fleet: string, reports: readonly Report[]) => {
  const newest = new Map<string, Report>()
  for (const one of reports) if (one.sequence > (newest.get(one.host)?.sequence ?? 0)) newest.set(one.host, one)
  const fold = (known: Host) => {
    const one = newest.get(known.id)
    return one ? foldReport(known, one, NOON) : null
  }
  return opened.store.fleets.applyReports(fleet, [...newest.keys()], fold, NOON)
}

/** The slow reference beside the counters: every host is read and counted. */
const recount = async (fleet: string, change: string) => {
  const cohorts = new Map<string, number>()
  const slots = new Map<number, { slot: number; hosts: number; states: Record<string, number> }>()
  let cursor: string | undefined
  do {
    const page = await opened.store.fleets.hosts(fleet, { limit: 100, cursor })
    for (const one of page.items) {
      if (one.stackDigest !== null) cohorts.set(one.stackDigest, (cohorts.get(one.stackDigest) ?? 0) + 1)
      const slot = slots.get(slotOf(one.bucket)) ?? { slot: slotOf(one.bucket), hosts: 0, states: {} }
      slot.hosts += 1
      if (one.change === change) slot.states[one.state] = (slot.states[one.state] ?? 0) + 1
      slots.set(slot.slot, slot)
    }
    cursor = page.next
  } while (cursor !== undefined)
  return { cohorts: [...cohorts].sort(), slots: [...slots.values()].sort((a, b) => a.slot - b.slot) }
}

const counted = async (fleet: string, change: string) => ({
  cohorts: (await opened.store.fleets.cohorts(fleet)).map(({ cohort, hosts }) => [cohort, hosts]).sort(),
  slots: await opened.store.fleets.slots(fleet, change),
})

const writesSince = (from: number): number => opened.wire.sent.slice(from).filter(operation => operation === 'TransactWriteItems').length

describe('a batch of reports', () => {
  test('moves hosts, counters and history together', async () => {
    const { fleet, hosts } = await enrol(3)
    const reports = hosts.map(({ id }) => report({ host: id, fleet, state: 'applied', change: 'c1' }))
    expect(await apply(fleet, reports)).toEqual({ moved: 3, ignored: 0 })
    const [first] = hosts
    expect(await opened.store.fleets.host(first?.id ?? '')).toMatchObject({
      sequence: 1,
      state: 'applied',
      change: 'c1',
      stack: stack('lp_fix_1'),
    })
    expect((await opened.store.fleets.cohorts(fleet)).map(({ stack: of, hosts: count }) => [of, count])).toEqual([[stack('lp_fix_1'), 3]])
    const { items } = await opened.store.fleets.hostHistory(first?.id ?? '', { limit: 10 })
    expect(items).toHaveLength(1)
    expect(items[0]).toMatchObject({ sequence: 1, state: 'applied', change: 'c1', livepatches: [{ name: 'lp_fix_1', digest: null }] })
  })

  test('sent twice, changes nothing the second time', async () => {
    const { fleet, hosts } = await enrol(5)
    const reports = hosts.map(({ id }) => report({ host: id, fleet, state: 'pending', change: 'c1' }))
    await apply(fleet, reports)
    const before = await counted(fleet, 'c1')
    const from = opened.wire.sent.length
    expect(await apply(fleet, reports)).toEqual({ moved: 0, ignored: 5 })
    expect(writesSince(from)).toBe(0)
    expect(await counted(fleet, 'c1')).toEqual(before)
  })

  test('of unknown hosts, or of another fleet, is ignored', async () => {
    const [own, other] = [await enrol(1), await enrol(1)]
    const strangers = [report({ host: 'nobody', fleet: own.fleet }), report({ host: other.hosts[0]?.id ?? '', fleet: own.fleet })]
    expect(await apply(own.fleet, strangers)).toEqual({ moved: 0, ignored: 2 })
  })

  test('that says nothing new keeps no fact, but is known as the last word', async () => {
    const { fleet, hosts } = await enrol(1)
    const id = hosts[0]?.id ?? ''
    for (const sequence of [1, 2, 3]) await apply(fleet, [report({ host: id, fleet, sequence })])
    expect((await opened.store.fleets.hostHistory(id, { limit: 10 })).items).toHaveLength(1)
    expect((await opened.store.fleets.host(id))?.sequence).toBe(3)
  })

  test('history comes newest first, a page at a time', async () => {
    const { fleet, hosts } = await enrol(1)
    const id = hosts[0]?.id ?? ''
    const states = ['pending', 'in-transition', 'applied'] as const
    for (const [index, state] of states.entries()) await apply(fleet, [report({ host: id, fleet, sequence: index + 1, state })])
    const first = await opened.store.fleets.hostHistory(id, { limit: 2 })
    const second = await opened.store.fleets.hostHistory(id, { limit: 2, cursor: first.next })
    expect([...first.items, ...second.items].map(({ state }) => state)).toEqual([...states].reverse())
  })

  test('five hundred reports take few transactions, and are exact', async () => {
    const { fleet, hosts } = await enrol(500)
    const of = (sequence: number, state: Report['state']) =>
      hosts.map(({ id }) => report({ host: id, fleet, sequence, state, change: 'c1' }))
    let from = opened.wire.sent.length
    expect(await apply(fleet, of(1, 'pending'))).toEqual({ moved: 500, ignored: 0 })
    expect(writesSince(from)).toBeLessThanOrEqual(15)
    from = opened.wire.sent.length
    await apply(fleet, of(2, 'applied'))
    expect(writesSince(from)).toBeLessThanOrEqual(15)
    expect(await counted(fleet, 'c1')).toEqual(await recount(fleet, 'c1'))
  })

  test('a cohort that its last host has left is gone', async () => {
    const { fleet, hosts } = await enrol(4)
    await apply(
      fleet,
      hosts.map(({ id }) => report({ host: id, fleet, stack: stack('old') })),
    )
    await apply(
      fleet,
      hosts.map(({ id }) => report({ host: id, fleet, sequence: 2, stack: stack('new') })),
    )
    expect((await opened.store.fleets.cohorts(fleet)).map(({ stack: of }) => of.livepatches[0]?.name)).toEqual(['new'])
  })
})

describe('counters equal a recount', () => {
  const STATES = ['unapplied', 'pending', 'in-transition', 'applied', 'apply-failed'] as const
  const anyReport = fc.record({
    host: fc.nat(7),
    sequence: fc.integer({ min: 1, max: 8 }),
    state: fc.constantFrom(...STATES),
    name: fc.constantFrom('a', 'b', 'c'),
    change: fc.constantFrom('c1', 'c2', null),
  })
  const anyBatches = fc.array(fc.array(anyReport, { minLength: 1, maxLength: 10 }), { minLength: 1, maxLength: 4 })

  test('whatever the order, the duplicates and the number of senders at once', async () => {
    const { fleet, hosts } = await enrol(8)
    let base = 0
    await fc.assert(
      fc.asyncProperty(anyBatches, fc.boolean(), async (batches, atOnce) => {
        base += 10
        const sends = batches.map(
          batch => () =>
            apply(
              fleet,
              batch.map(one =>
                report({ ...one, host: hosts[one.host]?.id ?? '', fleet, sequence: base + one.sequence, stack: stack(one.name) }),
              ),
            ),
        )
        if (atOnce) await Promise.all([...sends, ...sends].map(send => send()))
        else for (const send of sends) await send()
        for (const change of ['c1', 'c2']) expect(await counted(fleet, change)).toEqual(await recount(fleet, change))
      }),
      { numRuns: 20 },
    )
  })

  test('the newest sequence of every host wins, though senders race', async () => {
    const { fleet, hosts } = await enrol(30)
    const rounds = [3, 1, 4, 2, 5].map(sequence =>
      hosts.map(({ id }) => report({ host: id, fleet, sequence, state: sequence === 5 ? 'applied' : 'pending', change: 'c1' })),
    )
    await Promise.all(rounds.map(batch => apply(fleet, batch)))
    const page = await opened.store.fleets.hosts(fleet, { limit: 100 })
    expect(new Set(page.items.map(({ sequence, state }) => `${sequence} ${state}`))).toEqual(new Set(['5 applied']))
    expect(await counted(fleet, 'c1')).toEqual(await recount(fleet, 'c1'))
  })

  test('a process that ends after any of its transactions leaves counters exact, and the retry moves the rest', async () => {
    const { fleet, hosts } = await enrol(120)
    const reports = hosts.map(({ id }) => report({ host: id, fleet, state: 'applied', change: 'c1' }))
    let transactions = 0
    opened.wire.mishap = operation => (operation === 'TransactWriteItems' && transactions++ > 0 ? 'killed' : undefined)
    await expect(apply(fleet, reports)).rejects.toThrow('the process ended here')
    opened.wire.mishap = () => undefined
    const half = await counted(fleet, 'c1')
    expect(half).toEqual(await recount(fleet, 'c1'))
    expect((await apply(fleet, reports)).moved).toBeLessThan(120)
    expect(await counted(fleet, 'c1')).toEqual(await recount(fleet, 'c1'))
    expect((await opened.store.fleets.cohorts(fleet)).map(one => one.hosts)).toEqual([120])
  })

  test('a lost answer and throttling move nobody twice', async () => {
    const { fleet, hosts } = await enrol(60)
    let requests = 0
    opened.wire.mishap = () => (requests++ % 5 === 4 ? (requests % 2 === 0 ? 'throttled' : 'answer-lost') : undefined)
    await apply(
      fleet,
      hosts.map(({ id }) => report({ host: id, fleet, state: 'applied', change: 'c1' })),
    )
    opened.wire.mishap = () => undefined
    expect(await counted(fleet, 'c1')).toEqual(await recount(fleet, 'c1'))
  })
})
