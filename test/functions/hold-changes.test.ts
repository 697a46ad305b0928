import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { evaluateWave } from '../../functions/lifecycle/evaluate-wave.ts'
import { judgeWave } from '../../functions/lifecycle/judge-wave.ts'
import { openWave } from '../../functions/lifecycle/open-wave.ts'
import { recordLineage } from '../../functions/lifecycle/record-lineage.ts'
import { renewDirectives } from '../../functions/lifecycle/renew-directives.ts'
import { sweep } from '../../functions/lifecycle/sweep.ts'
import { HOLD_SCOPES, type HoldScope } from '../../shared/policy/index.ts'
import { report, stackOf, submit } from './demo.ts'
import { hold, inReview, LIVEPATCH, lift, liftAll, type Scene, SERIES, STATUSES, sceneIn } from './hold-scene.ts'
import { type Answered, openHouse } from './house.ts'

/* What a hold does to a change, whatever it names and wherever the change is in its life. */
const house = openHouse()
let fleets = 0
const nextFleet = (): string => {
  fleets += 1
  return `fleet-${fleets}`
}
const targetOf = (scope: HoldScope, fleet = ''): object =>
  ({ everything: {}, fleet: { target: fleet }, series: { target: SERIES }, livepatch: { target: LIVEPATCH } })[scope]

beforeAll(async () => {
  await submit(house, '2')
})

const bring = async (scene: Scene, status: (typeof STATUSES)[number]): Promise<void> => {
  if (status === 'in-review' || status === 'paused') return
  expect((await scene.control('alice', 'resume')).status).toBe(200)
  if (status === 'released') return
  await openWave(house.ports)({ change: scene.change })
  if (status === 'soaking') await evaluateWave(house.ports, scene.change)
}
const wavesOf = (types: readonly string[]): number => types.filter(type => type === 'wave-opened').length

/* One fleet for each status a change can be in; what a hold halted is brought back to where it was when it is lifted. */
describe('a change that is held stays where it is', () => {
  const scenes = new Map<(typeof STATUSES)[number], Scene>()
  const placeOn = async (scope: HoldScope): Promise<readonly Answered[]> => {
    const all = [...scenes.values()]
    const bodies = scope === 'fleet' ? all.map(({ fleet }) => ({ scope, target: fleet })) : [{ scope, ...targetOf(scope) }]
    return Promise.all(bodies.map(body => hold(house, 'carol', { ...body, hours: 2 })))
  }
  beforeAll(async () => {
    for (const status of STATUSES) scenes.set(status, await sceneIn(house, nextFleet(), status))
  })

  describe.each(HOLD_SCOPES)('by the scope %s', scope => {
    const before = new Map<string, readonly string[]>()
    let halted: readonly unknown[] = []
    beforeAll(async () => {
      for (const { change, types } of scenes.values()) before.set(change, await types())
      const placed = await placeOn(scope)
      expect(placed.map(({ status, body }) => [status, body['state']])).toEqual(placed.map(() => [201, 'in-force']))
      halted = placed.flatMap(({ body }) => (Array.isArray(body['halted']) ? body['halted'] : []))
    })
    afterAll(async () => {
      await liftAll(house)
      for (const [status, scene] of scenes) await bring(scene, status)
    })

    test.each(STATUSES)('and %s', async status => {
      const scene = scenes.get(status)
      if (!scene) throw new Error('no scene')
      const isUnderway = status !== 'in-review' && status !== 'paused'
      expect(halted.includes(scene.change)).toBe(isUnderway)
      const was = before.get(scene.change) ?? []
      expect(await scene.types()).toEqual(isUnderway ? [...was, 'halted'] : was)
      const shown = await scene.show()
      expect(shown).toMatchObject({ holds: [{ scope, reason: 'it panics', owner: { id: 'carol', name: 'Carol' } }] })
      if (isUnderway)
        expect(shown).toMatchObject({ status: 'halted', halted: { code: 'held', detail: expect.stringContaining('it panics') } })
      if (wavesOf(was) > 0) expect((await scene.directive()).stopped).toBe(true)
      /* Nothing that follows opens a wave. */
      if (status !== 'in-review') expect(await openWave(house.ports)({ change: scene.change })).toMatchObject({ next: 'halted' })
      expect(wavesOf(await scene.types())).toBe(wavesOf(was))
    })
  })
})

describe('what is not released yet', () => {
  afterEach(() => liftAll(house))
  test.each(HOLD_SCOPES)('nothing is released of what a hold of the scope %s names, and people are told why', async scope => {
    const scene = await inReview(house, nextFleet())
    await hold(house, 'bob', { scope, ...targetOf(scope, scene.fleet), hours: 2 })
    await scene.approve('bob')
    const last = await scene.approve('carol')
    const until = new Date(house.time + 7_200_000).toISOString()
    const named = {
      everything: 'everything',
      fleet: `fleet ${scene.fleet}`,
      series: `series ${SERIES}`,
      livepatch: `livepatch ${LIVEPATCH}`,
    }
    const needs = [`the end of the hold of ${named[scope]} by Bob until ${until.replace(/\.\d+Z$/, 'Z')}: it panics`]
    expect(last).toMatchObject({ status: 201, body: { status: 'in-review', needs, holds: [{ scope }] } })
  })
})

describe('what a hold names it holds, and nothing else', () => {
  afterEach(() => liftAll(house))
  test('not another fleet, livepatch or series', async () => {
    await house.ask('create-fleet', { as: 'alice', body: { id: 'elsewhere' } })
    await submit(house, 'hotfix')
    const { body } = await house.ask('list-patches', { as: 'dave', query: { limit: '10' } })
    const [hotfix] = Array.isArray(body['items']) ? body['items'].filter(({ name }) => name === 'lp_proc_hotfix') : []
    const scene = await sceneIn(house, nextFleet(), 'rolling')
    for (const target of [
      { scope: 'fleet', target: 'elsewhere' },
      { scope: 'livepatch', target: hotfix.digest },
      { scope: 'series', target: hotfix.series },
    ])
      expect(await hold(house, 'bob', target)).toMatchObject({ status: 201, body: { halted: [] } })
    expect(await scene.show()).toMatchObject({ status: 'rolling', holds: [] })
    expect((await scene.directive()).stopped).toBe(false)
  })
})

describe('when a hold is over', () => {
  afterEach(() => liftAll(house))
  test('a change with its approvals is released at once by the lift, and its workflow is woken', async () => {
    const scene = await inReview(house, nextFleet())
    const { body } = await hold(house, 'alice', { scope: 'fleet', target: scene.fleet })
    await scene.approve('bob')
    await scene.approve('carol')
    await house.store.ledger.wait(scene.change, { for: 'approvals', token: 'waiting', wave: null })
    expect(await lift(house, 'alice', body['id'])).toMatchObject({ status: 200, body: { state: 'lifted' } })
    expect(await scene.show()).toMatchObject({ status: 'released', holds: [] })
    expect(house.woken).toContainEqual({ token: 'waiting', output: { released: true } })
  })

  test('by its time, the sweep releases it', async () => {
    const scene = await inReview(house, nextFleet())
    await hold(house, 'alice', { scope: 'series', target: SERIES, hours: 1 })
    await scene.approve('bob')
    await scene.approve('carol')
    await sweep(house.ports)()
    expect(await scene.show()).toMatchObject({ status: 'in-review' })
    house.time += 3_600_000
    await sweep(house.ports)()
    expect(await scene.show()).toMatchObject({ status: 'released', holds: [] })
  })

  test('what it halted goes on only when a person resumes it, and not before', async () => {
    const scene = await sceneIn(house, nextFleet(), 'rolling')
    await house.store.ledger.wait(scene.change, { for: 'wave', token: `wave-${scene.change}`, wave: 0 })
    const { body } = await hold(house, 'carol', { scope: 'livepatch', target: LIVEPATCH })
    expect(house.woken).toContainEqual({ token: `wave-${scene.change}`, output: { filled: false } })
    expect(await judgeWave(house.ports)({ change: scene.change, wave: 0 })).toEqual({ next: 'halted' })
    expect(await scene.control('alice', 'resume')).toMatchObject({
      status: 409,
      body: { code: 'not-allowed-now', reason: 'held', allowed: expect.not.arrayContaining(['resume']), holds: [{ id: body['id'] }] },
    })
    await lift(house, 'carol', body['id'])
    await sweep(house.ports)()
    expect(await scene.show()).toMatchObject({ status: 'halted', holds: [] })
    expect((await scene.directive()).stopped).toBe(true)
    expect(await scene.control('alice', 'resume')).toMatchObject({ status: 200, body: { status: 'rolling' } })
    expect(await openWave(house.ports)({ change: scene.change })).toMatchObject({ next: 'await', wave: 0 })
    expect((await scene.directive()).stopped).toBe(false)
  })
})

describe('hosts that come late to a completed change', () => {
  afterEach(() => liftAll(house))
  test('are stopped by a hold of its livepatch, and asked again when it is lifted or over', async () => {
    const scene = await sceneIn(house, nextFleet(), 'soaking')
    expect(await judgeWave(house.ports)({ change: scene.change, wave: 0 })).toEqual({ next: 'wave' })
    await openWave(house.ports)({ change: scene.change })
    const all = scene.hosts.map(host => host.report({ state: 'applied', change: scene.change, stack: stackOf('2') }))
    await report(house, scene.fleet, all)
    await evaluateWave(house.ports, scene.change)
    expect(await judgeWave(house.ports)({ change: scene.change, wave: 1 })).toEqual({ next: 'complete' })
    await recordLineage(house.ports)({ change: scene.change })
    expect(await scene.show()).toMatchObject({ status: 'completed' })
    expect(await scene.directive()).toMatchObject({ stopped: false, share: 10_000 })

    const { body } = await hold(house, 'carol', { scope: 'livepatch', target: LIVEPATCH })
    expect(await scene.directive()).toMatchObject({ stopped: true, share: 10_000 })
    await lift(house, 'carol', body['id'])
    expect(await scene.directive()).toMatchObject({ stopped: false, share: 10_000 })

    await hold(house, 'carol', { scope: 'everything', hours: 1 })
    expect(await scene.directive()).toMatchObject({ stopped: true })
    house.time += 3_600_000
    await renewDirectives(house.ports)
    expect(await scene.directive()).toMatchObject({ stopped: false })
  })
})
