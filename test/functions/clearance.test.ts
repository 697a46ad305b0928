import { beforeAll, describe, expect, test } from '@jest/globals'
import { openWave } from '../../functions/lifecycle/open-wave.ts'
import { validate } from '../../functions/lifecycle/validate.ts'
import type { Report, TransitionEvidence } from '../../shared/fleet/index.ts'
import { clearanceSigningBytes, SignedClearance, verifyClearance } from '../../shared/rollout/index.ts'
import { createFleet, type DemoHost, digestOfFile, enrol, moduleFile, report, stackOf, submit } from './demo.ts'
import { openHouse, type PersonName } from './house.ts'

const house = openHouse()
const NEW = digestOfFile(moduleFile('2'))
const PLAN = { waves: [{ share: 10_000 }], soakSeconds: 0, waveSecondsMax: 60, pollSeconds: 1 }
let fleets = 0

beforeAll(async () => {
  await submit(house, '2')
})

const waitingFor = (name: string, at = 1_000): TransitionEvidence => ({
  livepatch: 'lp_proc_2',
  direction: 'patching',
  since: 500,
  at,
  waiting: 1,
  tasks: [{ pid: 42, name, kthread: false, state: 'D', functions: ['vmlinux:version_proc_show'], stack: ['version_proc_show+0x1/0x9'] }],
  unproven: [],
  log: [],
})

type Stalled = {
  readonly fleet: string
  readonly change: string
  readonly host: DemoHost
  readonly say: (over: Partial<Report>) => Promise<unknown>
}

/** A host whose transition to lp_proc_2 has stalled, in a change that rolls. */
const stalled = async (others = 0): Promise<Stalled> => {
  fleets += 1
  const fleet = `stalls-${fleets}`
  await createFleet(house, fleet)
  const hosts = await enrol(house, fleet, 1 + others)
  const host = hosts.at(-1)
  if (!host) throw new Error('no host')
  await report(
    house,
    fleet,
    hosts.map(one => one.report({ stack: stackOf() })),
  )
  const proposed = await house.ask('propose-change', { as: 'alice', body: { fleet, livepatch: NEW, plan: PLAN, reason: 'r' } })
  const change = String(proposed.body['id'])
  await validate(house.ports)({ change })
  const { digest } = (await house.ask('show-change', { as: 'dave', path: { change } })).body
  for (const as of ['bob', 'carol'] as const)
    await house.ask('approve-change', { as, path: { change }, body: { decision: 'approve', digest } })
  await openWave(house.ports)({ change })
  const say = (over: Partial<Report>) => report(house, fleet, [host.report({ change, stack: stackOf('2'), ...over })])
  await say({ state: 'transition-stalled', transition: waitingFor('reader') })
  return { fleet, change, host, say }
}

const shown = async (host: string) => (await house.ask('show-host', { as: 'dave', path: { host } })).body
const clear = async (host: string, as: PersonName = 'alice', over: object = {}) => {
  const { evidence } = await shown(host)
  return house.ask('clear-transition', { as, path: { host }, body: { evidence, reason: 'the reader is idle', ...over } })
}
const handed = (host: string, fleet: string, of = host) => house.ask('show-clearance', { host: { host, fleet }, path: { host: of } })
const recorded = async (fleet: string) => {
  const { body } = await house.ask('list-history', { as: 'dave', query: { fleet } })
  const items = Array.isArray(body['items']) ? body['items'] : []
  return items.flatMap(({ actor, events }) => events.map((event: { readonly type: string }) => ({ actor, ...event })))
}

describe('a stalled transition', () => {
  test('is shown with what it waits for, and cleared by who submitted the livepatch, for this host and this transition', async () => {
    const { fleet, change, host } = await stalled()
    const { evidence, state, transition } = await shown(host.id)
    expect({ state, transition }).toMatchObject({ state: 'transition-stalled', transition: { tasks: [{ name: 'reader' }] } })
    expect((await handed(host.id, fleet)).status).toBe(404)
    const cleared = await clear(host.id)
    expect(cleared.status).toBe(201)
    const signed = SignedClearance.parse((await handed(host.id, fleet)).body)
    expect(signed).toEqual(cleared.body)
    expect(signed.clearance).toMatchObject({
      host: host.id,
      fleet,
      change,
      livepatch: 'lp_proc_2',
      bootId: 'boot',
      since: 500,
      evidence,
      clearedBy: 'alice',
    })
    const own = { host: host.id, fleet, change, livepatch: 'lp_proc_2', bootId: 'boot', since: 500, now: house.time }
    expect(verifyClearance(signed, { ...own, keys: house.directiveKeys })).toMatchObject({ ok: true })
    expect(Buffer.from(clearanceSigningBytes(signed.clearance)).toString()).toMatch(/^supersede\.clearance\/1 sha256:[0-9a-f]{64}$/)
    expect(await recorded(fleet)).toContainEqual(
      expect.objectContaining({
        type: 'transition-cleared',
        actor: 'alice',
        by: { id: 'alice', name: 'Alice' },
        host: host.id,
        evidence,
        reason: 'the reader is idle',
      }),
    )
    expect((await shown(host.id))['cleared']).toEqual(signed.clearance)
  })

  test('looked at again is the same evidence; one that waits for others is not', async () => {
    const { host, say } = await stalled()
    const { evidence } = await shown(host.id)
    await say({ state: 'transition-stalled', transition: waitingFor('reader', 2_000) })
    expect((await shown(host.id))['evidence']).toBe(evidence)
    await say({ state: 'transition-stalled', transition: waitingFor('writer') })
    const late = await house.ask('clear-transition', { as: 'alice', path: { host: host.id }, body: { evidence, reason: 'r' } })
    expect(late).toMatchObject({ status: 409, body: { code: 'outdated-evidence', evidence: (await shown(host.id))['evidence'] } })
  })

  test('that disables what ran before is cleared by nobody: forced, it would leave the host without a livepatch', async () => {
    const { host, say } = await stalled()
    const between = { since: 400, until: null, disables: ['lp_proc_2'] }
    await say({ state: 'transition-stalled', transition: { ...waitingFor('reader'), direction: 'unpatching' }, between })
    expect(await clear(host.id)).toMatchObject({
      status: 409,
      body: { code: 'not-stalled', detail: expect.stringContaining('being disabled') },
    })
    await say({ state: 'transition-stalled', transition: waitingFor('reader'), between })
    expect((await clear(host.id)).status).toBe(201)
  })

  test('that was forced is recorded once with its clearance, and only with the one that was given', async () => {
    const { fleet, host, say } = await stalled()
    const { body } = await clear(host.id)
    const { id } = SignedClearance.parse(body).clearance
    const forced = { ...stackOf('2'), forced: true }
    await say({ state: 'forced', stack: forced, clearance: 'made-up' })
    for (let times = 0; times < 3; times += 1) await say({ state: 'forced', stack: forced, clearance: id })
    const said = (await recorded(fleet)).filter(({ type }) => type === 'transition-forced')
    expect(said).toEqual([expect.objectContaining({ actor: host.id, clearance: id, host: host.id })])
    expect(await shown(host.id)).toMatchObject({ state: 'forced', clearance: id })
  })

  test('leaves a host that is queued for a reboot, whatever state it reports since, until it has rebooted', async () => {
    const { fleet, host, say } = await stalled(3)
    const queue = async (limit = '1') => {
      const { items, next } = (await house.ask('list-hosts', { as: 'dave', path: { fleet }, query: { toReboot: 'true', limit } })).body
      return { ids: Array.isArray(items) ? items.map(({ id, toReboot }) => [id, toReboot]) : [], next }
    }
    const counted = async () => (await house.ask('show-fleet', { as: 'dave', path: { fleet } })).body['toReboot']
    expect({ ...(await queue()), counted: await counted() }).toEqual({ ids: [], next: undefined, counted: 0 })
    const forced = { ...stackOf('2'), forced: true }
    for (const state of ['forced', 'superseded'] as const) {
      await say({ state, stack: forced })
      expect((await queue()).ids).toEqual([[host.id, true]])
      expect((await queue('100')).ids).toEqual([[host.id, true]])
      expect(await counted()).toBe(1)
    }
    await say({ state: 'unapplied', bootId: 'another-boot', stack: stackOf('2') })
    expect({ ...(await queue()), counted: await counted() }).toEqual({ ids: [], next: undefined, counted: 0 })
  })
})

describe('a clearance is refused', () => {
  test.each(['bob', 'carol', 'dave', 'mallory'] as const)('to %s, who did not submit the livepatch', async as => {
    const { host, fleet } = await stalled()
    expect(await clear(host.id, as)).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    expect((await handed(host.id, fleet)).status).toBe(404)
  })

  test('where nothing has stalled', async () => {
    const { host, say } = await stalled()
    await say({ state: 'applied' })
    expect(await clear(host.id, 'alice', { evidence: 'a'.repeat(64) })).toMatchObject({
      status: 409,
      body: { code: 'not-stalled', state: 'applied' },
    })
  })

  test('where the change was aborted: its hosts reverse', async () => {
    const { host, change } = await stalled()
    const headers = { 'if-match': '*' }
    await house.ask('control-change', { as: 'bob', path: { change }, body: { command: 'abort' }, headers })
    expect(await clear(host.id)).toMatchObject({ status: 409, body: { code: 'not-stalled' } })
  })

  test('without a reason, and for longer than a day', async () => {
    const { host } = await stalled()
    for (const over of [{ reason: ' ' }, { minutes: 1_441 }, { minutes: 0 }]) expect((await clear(host.id, 'alice', over)).status).toBe(422)
  })

  test('for a host that nobody knows', async () => {
    expect(await clear('moon-1', 'alice', { evidence: 'a'.repeat(64) })).toMatchObject({ status: 404, body: { code: 'unknown-host' } })
  })
})

test('a clearance is handed to its host alone, and not after its time', async () => {
  const { host, fleet } = await stalled()
  await clear(host.id, 'alice', { minutes: 1 })
  expect((await handed('moon-1', fleet, host.id)).status).toBe(404)
  expect((await handed(host.id, fleet)).status).toBe(200)
  house.time += 60_000
  expect((await handed(host.id, fleet)).status).toBe(404)
})

test('a clock that is set back hands out no clearance that had expired when the host was heard from', async () => {
  const { host, fleet, say } = await stalled()
  await clear(host.id, 'alice', { minutes: 10 })
  house.time += 11 * 60_000
  await say({ state: 'transition-stalled', transition: waitingFor('reader') })
  house.time -= 11 * 60_000
  expect((await handed(host.id, fleet)).status).toBe(404)
  expect((await clear(host.id, 'alice', { minutes: 12 })).status).toBe(201)
  expect((await handed(host.id, fleet)).status).toBe(200)
})
