import { beforeAll, describe, expect, test } from '@jest/globals'
import { judgeWave } from '../../functions/lifecycle/judge-wave.ts'
import { openWave } from '../../functions/lifecycle/open-wave.ts'
import { validate } from '../../functions/lifecycle/validate.ts'
import { type DemoHost, digestOfFile, fleetOf, moduleFile, report, stackOf, submit } from './demo.ts'
import { openHouse } from './house.ts'

const house = openHouse()
const NEW = digestOfFile(moduleFile('2'))
const PLAN = { waves: [{ share: 5_000 }, { share: 10_000 }], soakSeconds: 0, waveSecondsMax: 60, pollSeconds: 1 }
let fleets = 0

beforeAll(async () => {
  await submit(house, '2')
})

const idleFleet = async (count: number): Promise<{ readonly fleet: string; readonly hosts: readonly DemoHost[] }> => {
  fleets += 1
  const fleet = `fleet-${fleets}`
  const hosts = await fleetOf(house, fleet, count)
  return { fleet, hosts }
}
const propose = (fleet: string) => house.ask('propose-change', { as: 'alice', body: { fleet, livepatch: NEW, plan: PLAN, reason: 'r' } })
const inReview = async (fleet: string): Promise<string> => {
  const change = String((await propose(fleet)).body['id'])
  await validate(house.ports)({ change })
  return change
}
const show = async (change: string) => (await house.ask('show-change', { as: 'dave', path: { change } })).body
const decide = (as: 'bob' | 'carol', change: string, digest: unknown) =>
  house.ask('approve-change', { as, path: { change }, body: { decision: 'approve', digest } })
const abort = (change: string) =>
  house.ask('control-change', { as: 'bob', path: { change }, body: { command: 'abort' }, headers: { 'if-match': '*' } })
const typesOf = async (change: string): Promise<readonly string[]> => {
  const { timeline } = await show(change)
  return Array.isArray(timeline) ? timeline.map(({ type }) => String(type)) : []
}

describe('at the same time', () => {
  test('two approvers release once, and neither approval is lost', async () => {
    const { fleet } = await idleFleet(1)
    const change = await inReview(fleet)
    const { digest } = await show(change)
    const answers = await Promise.all([decide('bob', change, digest), decide('carol', change, digest), decide('bob', change, digest)])
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201])
    expect(await typesOf(change)).toEqual(['proposed', 'judged', 'approved', 'approved', 'released'])
  })

  test('a withdrawal and the last approval: released before it, or not at all', async () => {
    for (const delayed of [false, true]) {
      const { fleet } = await idleFleet(1)
      const change = await inReview(fleet)
      const { digest } = await show(change)
      await decide('bob', change, digest)
      const withdraw = () => house.ask('approve-change', { as: 'bob', path: { change }, body: { decision: 'withdraw' } })
      const approve = () => decide('carol', change, digest)
      const answers = await Promise.all(delayed ? [approve(), withdraw()] : [withdraw(), approve()])
      const withdrawn = answers[delayed ? 1 : 0]?.status === 201
      const types = await typesOf(change)
      expect((await show(change))['status']).toBe(withdrawn ? 'in-review' : 'released')
      expect(types.includes('withdrawn')).toBe(withdrawn)
      expect(types.includes('released')).toBe(!withdrawn)
    }
  })

  test('two proposals for a fleet: one holds it, the other is told who', async () => {
    const { fleet } = await idleFleet(1)
    const answers = await Promise.all([propose(fleet), propose(fleet)])
    const [winner, loser] = answers.toSorted((a, b) => a.status - b.status)
    expect([winner?.status, loser?.status]).toEqual([201, 409])
    expect(loser?.body).toMatchObject({ code: 'fleet-busy', holder: winner?.body['id'] })
  })

  test('abort wins over whatever advances, in whichever order they arrive', async () => {
    for (const delayed of [false, true]) {
      const { fleet } = await idleFleet(2)
      const change = await inReview(fleet)
      const { digest } = await show(change)
      for (const as of ['bob', 'carol'] as const) await decide(as, change, digest)
      const advance = () => openWave(house.ports)({ change })
      const [first, second] = delayed ? [advance, () => abort(change)] : [() => abort(change), advance]
      await Promise.all([first(), second()])
      const { status } = await show(change)
      const stored = await house.store.fleets.directive(fleet)
      expect({ status, ask: stored?.directive.ask ?? null }).toEqual({ status: 'aborted', ask: null })
      expect((await typesOf(change)).at(-1)).toBe('aborted')
    }
  })

  test('the same request sent twice is carried out once', async () => {
    const { fleet } = await idleFleet(1)
    const body = { fleet, livepatch: NEW, plan: PLAN, reason: 'twice' }
    const ask = () => house.ask('propose-change', { as: 'alice', body, headers: { 'idempotency-key': `twice-${fleet}` } })
    const statuses = (await Promise.all([ask(), ask()])).map(({ status }) => status).sort()
    expect(statuses[0]).toBe(201)
    expect([201, 409]).toContain(statuses[1])
    expect((await ask()).headers['idempotency-replayed']).toBe('true')
    const { body: heads } = await house.ask('list-changes', { as: 'dave', query: { fleet } })
    expect(heads['items']).toHaveLength(1)
  })
})

describe('a wave', () => {
  /** Writes to the ledger from a wave's opening to its gate. */
  const costOf = async (count: number): Promise<number> => {
    const { fleet, hosts } = await idleFleet(count)
    const change = await inReview(fleet)
    const { digest } = await show(change)
    for (const as of ['bob', 'carol'] as const) await decide(as, change, digest)
    const before = house.wire.requests.length
    await openWave(house.ports)({ change })
    const applied = hosts.map(host => host.report({ state: 'applied', change, stack: stackOf('2') }))
    for (let from = 0; from < applied.length; from += 4) await report(house, fleet, applied.slice(from, from + 4))
    await judgeWave(house.ports)({ change, wave: 0 })
    const writes = house.wire.requests.slice(before).filter(({ operation }) => operation === 'TransactWriteItems')
    return writes.filter(({ input }) => JSON.stringify(input['TransactItems']).includes(`change#${change}`)).length
  }

  test('costs the change the same number of writes whatever the number of hosts', async () => {
    const [few, many] = [await costOf(4), await costOf(40)]
    expect(many).toBe(few)
    expect(few).toBe(3)
  })
})
