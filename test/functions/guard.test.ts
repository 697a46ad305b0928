import { beforeAll, describe, expect, test } from '@jest/globals'
import { awaitWave } from '../../functions/lifecycle/await-wave.ts'
import { expireApprovals } from '../../functions/lifecycle/expire-approvals.ts'
import { halt } from '../../functions/lifecycle/halt.ts'
import { judgeWave } from '../../functions/lifecycle/judge-wave.ts'
import { openWave } from '../../functions/lifecycle/open-wave.ts'
import { sweep } from '../../functions/lifecycle/sweep.ts'
import { validate } from '../../functions/lifecycle/validate.ts'
import type { HostState } from '../../shared/fleet/index.ts'
import { stackDigest } from '../../shared/kernel/index.ts'
import { type DemoHost, digestOfFile, fleetOf, moduleFile, report, stackOf, submit } from './demo.ts'
import { openHouse } from './house.ts'

const house = openHouse()
const NEW = digestOfFile(moduleFile('2'))
const PLAN = {
  waves: [{ share: 10_000 }],
  soakSeconds: 0,
  waveSecondsMax: 60,
  pollSeconds: 1,
  budgets: { failed: { count: 1, share: 0.5 }, stalled: { count: 1, share: 0.5 }, silent: { count: 1, share: 0.5 } },
}
let fleets = 0

type Scene = { readonly fleet: string; readonly change: string; readonly hosts: readonly DemoHost[] }

beforeAll(async () => {
  for (const name of ['1', '2'] as const) await submit(house, name)
})

const proposed = async (plan: object = PLAN): Promise<Scene> => {
  fleets += 1
  const fleet = `fleet-${fleets}`
  const hosts = await fleetOf(house, fleet, 4)
  const answer = await house.ask('propose-change', { as: 'alice', body: { fleet, livepatch: NEW, plan, reason: 'r' } })
  return { fleet, change: String(answer.body['id']), hosts }
}
const released = async (plan: object = PLAN): Promise<Scene> => {
  const scene = await proposed(plan)
  await validate(house.ports)({ change: scene.change })
  const { digest } = await show(scene)
  for (const as of ['bob', 'carol'] as const)
    await house.ask('approve-change', { as, path: { change: scene.change }, body: { decision: 'approve', digest } })
  return scene
}
const show = async ({ change }: Scene) => (await house.ask('show-change', { as: 'dave', path: { change } })).body
const say = ({ fleet, change, hosts }: Scene, states: readonly HostState[]) =>
  report(
    house,
    fleet,
    states.flatMap((state, index) => hosts[index]?.report({ state, change, stack: state === 'applied' ? stackOf('2') : stackOf() }) ?? []),
  )

describe('the guard before a wave', () => {
  const timeline = async (scene: Scene): Promise<readonly string[]> => {
    const { timeline } = await show(scene)
    return Array.isArray(timeline) ? timeline.map(entry => String(Reflect.get(Object(entry), 'text'))) : []
  }
  const admitted = async ({ fleet }: Scene) => (await house.store.fleets.directive(fleet))?.directive.ask?.admitted
  const withDriver = { ...stackOf(), targets: ['ext4'] }

  test('halts on a stack where it is worse than what was approved, and says which hosts and in what', async () => {
    const scene = await released()
    await report(house, scene.fleet, [scene.hosts[0]?.report({ stack: stackOf('1') }) ?? ''])
    expect(await openWave(house.ports)({ change: scene.change })).toMatchObject({ next: 'halted' })
    const halted = await show(scene)
    expect(halted).toMatchObject({
      status: 'halted',
      halted: {
        code: 'drift',
        detail: expect.stringMatching(
          /^1 host runs a stack .*lp_proc_1.*\. Judged again, it is worse than what was approved: 1 host with lp_proc_1 \(stack [0-9a-f]{12}\): review way-back-not-atomic: /,
        ),
      },
      rejudged: { hosts: 1, cohorts: [stackDigest(stackOf('1'))], worse: [expect.stringContaining('way-back-not-atomic')] },
    })
    expect(await timeline(scene)).toContainEqual(
      expect.stringMatching(/^1 host has a stack that nothing had judged .* it is worse: 1 host with lp_proc_1/),
    )
    expect(await house.store.fleets.directive(scene.fleet)).toBeNull()
    const newest = await house.ask('show-verdict', {
      as: 'dave',
      path: { change: scene.change },
      query: { newest: 'true', recompute: 'true' },
    })
    expect(newest.body).toMatchObject({ digest: Reflect.get(Object(halted['rejudged']), 'verdict'), recomputed: { outcome: 'equal' } })
  })

  test('goes on where it is no worse, admits the new stack, and keeps what the approvals were given for', async () => {
    const scene = await released()
    const before = await show(scene)
    const stack = withDriver
    await report(house, scene.fleet, [scene.hosts[0]?.report({ stack }) ?? ''])
    expect(await openWave(house.ports)({ change: scene.change })).toMatchObject({ next: 'await' })
    expect(await admitted(scene)).toEqual([stackDigest(stackOf()), stackDigest(stack)])
    const after = await show(scene)
    expect(after).toMatchObject({ status: 'rolling', digest: before['digest'], verdict: before['verdict'], approvals: before['approvals'] })
    expect(after['rejudged']).toMatchObject({ hosts: 1, cohorts: [stackDigest(stack)], worse: [] })
    expect(await timeline(scene)).toContainEqual(
      expect.stringMatching(
        /^1 host has a stack that nothing had judged \([0-9a-f]{12}\); judged again, it is no worse than what was approved/,
      ),
    )
  })

  test('is asked once about a new stack: the next wave finds it covered', async () => {
    const scene = await released({ ...PLAN, waves: [{ share: 100 }, { share: 10_000 }] })
    await report(house, scene.fleet, [scene.hosts[0]?.report({ stack: withDriver }) ?? ''])
    await openWave(house.ports)({ change: scene.change })
    await awaitWave(house.ports)({ change: scene.change, wave: 0, token: `first-${scene.change}` })
    expect(await judgeWave(house.ports)({ change: scene.change, wave: 0 })).toEqual({ next: 'wave' })
    await openWave(house.ports)({ change: scene.change })
    expect((await timeline(scene)).filter(text => text.includes('judged again'))).toHaveLength(1)
    expect(await admitted(scene)).toEqual([stackDigest(stackOf()), stackDigest(withDriver)])
  })

  test('lets hosts be that have the livepatch already', async () => {
    const scene = await released()
    await report(house, scene.fleet, [scene.hosts[0]?.report({ stack: stackOf('2') }) ?? ''])
    expect(await openWave(house.ports)({ change: scene.change })).toMatchObject({ next: 'await' })
  })
})

describe('a stack that appears while the last wave is open', () => {
  const rolling = async (plan: object = PLAN): Promise<Scene> => {
    const scene = await released(plan)
    await openWave(house.ports)({ change: scene.change })
    await awaitWave(house.ports)({ change: scene.change, wave: 0, token: `last-${scene.change}` })
    await say(scene, ['applied', 'applied', 'applied'])
    return scene
  }
  const appears = async (scene: Scene, stack: ReturnType<typeof stackOf>): Promise<void> => {
    await report(house, scene.fleet, [scene.hosts[3]?.report({ state: 'quarantined', change: scene.change, stack }) ?? ''])
  }
  const judge = ({ change }: Scene) => judgeWave(house.ports)({ change, wave: 0 })

  test('is judged again; no worse, and the wave is opened again and admits it, once', async () => {
    const scene = await rolling()
    const before = await house.store.fleets.directive(scene.fleet)
    await appears(scene, { ...stackOf(), targets: ['ext4'] })
    expect(await judge(scene)).toEqual({ next: 'wave' })
    expect(await openWave(house.ports)({ change: scene.change })).toMatchObject({ next: 'await', wave: 0 })
    const after = await house.store.fleets.directive(scene.fleet)
    expect(after?.directive.ask?.admitted).toEqual([stackDigest(stackOf()), stackDigest({ ...stackOf(), targets: ['ext4'] })])
    expect(after?.directive.version).toBe((before?.directive.version ?? 0) + 1)
    expect(await openWave(house.ports)({ change: scene.change })).toMatchObject({ next: 'await', wave: 0 })
    await awaitWave(house.ports)({ change: scene.change, wave: 0, token: `again-${scene.change}` })
    expect(await judge(scene)).toEqual({ next: 'complete' })
    expect(await show(scene)).toMatchObject({ rejudged: { hosts: 1, worse: [] } })
  })

  test('is judged again; worse, and the change halts before it is completed', async () => {
    const scene = await rolling()
    await appears(scene, stackOf('1'))
    expect(await judge(scene)).toEqual({ next: 'wave' })
    expect(await openWave(house.ports)({ change: scene.change })).toMatchObject({ next: 'halted' })
    expect(await show(scene)).toMatchObject({
      status: 'halted',
      halted: { code: 'drift', detail: expect.stringMatching(/^1 host runs a stack .*lp_proc_1.*\. Judged again, it is worse/) },
    })
    expect((await house.store.fleets.directive(scene.fleet))?.directive).toMatchObject({ stopped: true })
  })

  test('a wave with another one behind it passes: the guard before that one looks', async () => {
    const scene = await rolling({ ...PLAN, waves: [{ share: 9_900 }, { share: 10_000 }] })
    await appears(scene, { ...stackOf(), targets: ['ext4'] })
    expect(await judge(scene)).toEqual({ next: 'wave' })
    expect(await openWave(house.ports)({ change: scene.change })).toMatchObject({ next: 'await', wave: 1 })
  })
})

describe('the gate after a wave', () => {
  test('an exceeded budget wakes the workflow at once, before the wave is full', async () => {
    const scene = await released()
    await openWave(house.ports)({ change: scene.change })
    await awaitWave(house.ports)({ change: scene.change, wave: 0, token: `wave-${scene.change}` })
    await say(scene, ['apply-failed'])
    expect(house.woken.filter(({ token }) => token === `wave-${scene.change}`)).toEqual([])
    await say(scene, ['apply-failed', 'quarantined'])
    expect(house.woken).toContainEqual({ token: `wave-${scene.change}`, output: { filled: false } })
    expect(await judgeWave(house.ports)({ change: scene.change, wave: 0 })).toEqual({ next: 'halted' })
    expect(await show(scene)).toMatchObject({
      status: 'halted',
      halted: { code: 'budget-exceeded', detail: expect.stringContaining('2 of 4 hosts failed') },
    })
    expect((await house.store.fleets.directive(scene.fleet))?.directive).toMatchObject({ stopped: true, ask: { share: 10_000 } })
  })

  test('silence is no progress: hosts that were not heard from count against the wave', async () => {
    const scene = await released()
    await openWave(house.ports)({ change: scene.change })
    await say(scene, ['applied', 'applied'])
    expect(await judgeWave(house.ports)({ change: scene.change, wave: 0 })).toEqual({ next: 'await', waveSecondsMax: 60 })
    house.time += 60_000
    expect(await judgeWave(house.ports)({ change: scene.change, wave: 0 })).toEqual({ next: 'halted' })
    expect(await show(scene)).toMatchObject({ halted: { detail: expect.stringContaining('2 of 4 hosts are silent') } })
  })
})

describe('whatever nobody foresaw', () => {
  test('halts closed, says why in a sentence, and does so once', async () => {
    const scene = await released()
    const failed = {
      change: scene.change,
      error: 'Error',
      cause: JSON.stringify({ errorMessage: 'the key service is away', trace: ['at x'] }),
    }
    expect(await halt(house.ports)(failed)).toEqual({ next: 'halted' })
    expect(await halt(house.ports)(failed)).toEqual({ next: 'halted' })
    expect(await show(scene)).toMatchObject({ version: 5, halted: { code: 'internal', detail: 'Error: the key service is away' } })
  })
})

describe('the deadline of a decision', () => {
  test('declines the change, saying what was missing, and gives the fleet free', async () => {
    const scene = await proposed()
    await validate(house.ports)({ change: scene.change })
    house.time += 3 * 86_400_000
    expect(await expireApprovals(house.ports)({ change: scene.change })).toEqual({ released: false })
    expect(await show(scene)).toMatchObject({ status: 'declined', ending: expect.stringContaining('two different people') })
    const again = await house.ask('propose-change', { as: 'alice', body: { fleet: scene.fleet, livepatch: NEW, reason: 'again' } })
    expect(again.status).toBe(201)
  })

  test('comes too late for a change that was released meanwhile', async () => {
    const scene = await released()
    expect(await expireApprovals(house.ports)({ change: scene.change })).toEqual({ released: true })
    expect(await show(scene)).toMatchObject({ status: 'released' })
  })
})

describe('a rejection', () => {
  test('declines the change and wakes the workflow to end', async () => {
    const scene = await proposed()
    await validate(house.ports)({ change: scene.change })
    await house.store.ledger.wait(scene.change, { for: 'approvals', token: `no-${scene.change}`, wave: null })
    const { digest } = await show(scene)
    const answer = await house.ask('approve-change', {
      as: 'carol',
      path: { change: scene.change },
      body: { decision: 'reject', digest, reason: 'too risky' },
    })
    expect(answer).toMatchObject({ status: 201, body: { status: 'declined', ending: 'Rejected by Carol: too risky' } })
    expect(house.woken).toContainEqual({ token: `no-${scene.change}`, output: { released: false } })
  })
})

describe('the sweep', () => {
  test('starts what was proposed and never started, and wakes what was met and never woken', async () => {
    const [fresh, waiting, filled] = [await proposed(), await released(), await released()]
    await house.store.ledger.wait(waiting.change, { for: 'approvals', token: `lost-${waiting.change}`, wave: null })
    await openWave(house.ports)({ change: filled.change })
    await say(filled, ['applied', 'applied', 'applied', 'applied'])
    await house.store.ledger.wait(filled.change, { for: 'wave', token: `lost-${filled.change}`, wave: 0 })
    house.started.length = 0
    await sweep(house.ports)()
    expect(house.started).toContain(fresh.change)
    expect(house.woken).toContainEqual({ token: `lost-${waiting.change}`, output: { released: true } })
    expect(house.woken).toContainEqual({ token: `lost-${filled.change}`, output: { filled: true } })
  })
})
