import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { sweep } from '../../functions/lifecycle/sweep.ts'
import type { HostState } from '../../shared/fleet/index.ts'
import type { LifecycleTask } from '../../shared/operations/index.ts'
import { type DemoHost, digestOfFile, fleetOf, moduleFile, report, stackOf, submit } from './demo.ts'
import { openHouse } from './house.ts'
import { type Lifecycle, openLifecycle } from './lifecycle-machine.ts'

/* Whoever holds the task token of a wait answers it with what they like. Nothing of that is believed: the ledger says how far a change is. */

const SECOND = 1_000
const PLAN = {
  waves: [{ share: 10_000 }],
  soakSeconds: 100,
  waveSecondsMax: 1_000,
  approvalSecondsMax: 10_000,
  pollSeconds: 1,
  budgets: { failed: { count: 1, share: 0.5 }, stalled: { count: 1, share: 0.5 }, silent: { count: 4, share: 1 } },
}
/** What an honest rollout of one wave enters. */
const HONEST = [
  ...['Validate', 'Admissible?', 'AwaitApprovals', 'ToldReleased?', 'OpenWave', 'WaveOpen?', 'AwaitWave', 'Filled?', 'Soak'],
  ...['JudgeWave', 'MoreWaves?', 'RecordLineage', 'Completed'],
]

const house = openHouse()
let machine: Lifecycle
afterAll(() => machine.close())

let fleets = 0
let fleet = ''
let change = ''
let hosts: readonly DemoHost[] = []

const show = async () => (await house.ask('show-change', { as: 'dave', path: { change } })).body
const phase = async (): Promise<unknown> => {
  const { status, wave } = await show()
  return status === 'rolling' ? Reflect.get(Object(wave), 'phase') : status
}
const approve = async (...people: readonly ('bob' | 'carol')[]): Promise<void> => {
  const { digest } = await show()
  for (const as of people) await house.ask('approve-change', { as, path: { change }, body: { decision: 'approve', digest } })
  await machine.settle()
}
const say = async (...states: readonly HostState[]): Promise<void> => {
  const stackIn = (state: HostState) => (state === 'applied' ? stackOf('2') : stackOf())
  const said = states.flatMap((state, index) => hosts[index]?.report({ state, change, stack: stackIn(state) }) ?? [])
  expect((await report(house, fleet, said)).body).toMatchObject({ rejected: [] })
  await machine.settle()
}
const ALL = ['applied', 'applied', 'applied', 'applied'] as const
const sweepNow = async (): Promise<void> => {
  await sweep(machine.ports)()
  await machine.settle()
}
const succeed = async (task: LifecycleTask, output: unknown): Promise<void> => {
  await machine.call('SendTaskSuccess', { taskToken: machine.tokenOf(task), output: JSON.stringify(output) })
  await machine.settle()
}
const fail = async (task: LifecycleTask, error: string): Promise<void> => {
  await machine.call('SendTaskFailure', { taskToken: machine.tokenOf(task), error, cause: 'stolen' })
  await machine.settle()
}

beforeAll(async () => {
  machine = await openLifecycle(house)
  await submit(house, '2')
})

beforeEach(async () => {
  machine.clock.behindMs = 0
  fleets += 1
  fleet = `fleet-${fleets}`
  hosts = await fleetOf(house, fleet, 4)
  const body = { fleet, livepatch: digestOfFile(moduleFile('2')), plan: PLAN, reason: 'r' }
  change = String((await house.ask('propose-change', { as: 'alice', body })).body['id'])
  await machine.settle()
})

describe('nobody answers for a wait of the wave', () => {
  beforeEach(async () => {
    await approve('bob', 'carol')
    expect(await phase()).toBe('open')
  })

  test('left alone, it fills, soaks, and is judged, in as many transitions as ever', async () => {
    await say(...ALL)
    await machine.pass(99 * SECOND)
    expect(await phase()).toBe('soaking')
    await machine.pass(SECOND)
    expect(await phase()).toBe('completed')
    expect(await machine.entered(change)).toEqual(HONEST)
  })

  test.each<readonly [string, unknown]>([
    ['that it is not', { filled: false }],
    ['that it is', { filled: true }],
    ['how long it shall soak', { filled: true, soakSeconds: 0, waveSecondsMax: 1, next: 'complete', wave: 7 }],
    ['nothing', null],
    ['a list', [{ filled: true }, { filled: true }]],
  ])('a lie about being filled (%s) opens no gate', async (_, lie) => {
    await succeed('await-wave', lie)
    await machine.pass(100 * SECOND)
    expect(await phase()).toBe('open')
    await say('applied', 'applied', 'applied')
    expect(await phase()).toBe('open')
    await say(...ALL)
    await machine.pass(99 * SECOND)
    expect(await phase()).toBe('soaking')
    await machine.pass(SECOND)
    expect(await phase()).toBe('completed')
  })

  test('a lie in the moment between full and woken takes nothing from the soak', async () => {
    const { wake } = machine.ports.workflow
    const stolen = machine.tokenOf('await-wave')
    await report(
      house,
      fleet,
      hosts.map(host => host.report({ state: 'applied', change, stack: stackOf('2') })),
    )
    await wake(stolen, { filled: false })
    await machine.pass(99 * SECOND)
    expect(await phase()).toBe('soaking')
    await machine.pass(SECOND)
    expect(await phase()).toBe('completed')
  })

  test.each(['States.Timeout', 'States.HeartbeatTimeout', 'States.TaskFailed', 'States.DataLimitExceeded', 'Error', ''])(
    'a forged failure (%s) opens no gate and halts nothing',
    async error => {
      await fail('await-wave', error)
      await machine.pass(900 * SECOND)
      expect(await phase()).toBe('open')
      await say(...ALL)
      await machine.pass(100 * SECOND)
      expect(await phase()).toBe('completed')
    },
  )

  test('a lie lets no wave wait past its time', async () => {
    await machine.pass(500 * SECOND)
    await succeed('await-wave', { filled: false })
    await say('applied')
    await machine.pass(499 * SECOND)
    expect(await phase()).toBe('open')
    await machine.pass(SECOND)
    expect(await phase()).toBe('completed')
  })

  test('a failure that lets it wait anew is found out by the sweep', async () => {
    await machine.pass(900 * SECOND)
    await fail('await-wave', 'Error')
    await machine.pass(159 * SECOND)
    await sweepNow()
    expect(await phase()).toBe('open')
    await machine.pass(2 * SECOND)
    await sweepNow()
    expect(await phase()).toBe('completed')
  })

  test('a lie hides no budget that is used up', async () => {
    await succeed('await-wave', { filled: true })
    await say('apply-failed', 'quarantined')
    expect(await show()).toMatchObject({
      status: 'halted',
      halted: { code: 'budget-exceeded', detail: expect.stringMatching(/^Wave 1: 2 of 4 hosts failed/) },
    })
    await machine.pass(100 * SECOND)
    expect((await house.store.fleets.directive(fleet))?.directive).toMatchObject({ stopped: true })
    expect((await machine.entered(change)).at(-1)).toBe('AwaitDecision')
  })

  test('a clock that is set back a day neither opens the gate nor asks all the time, and the change goes on when it has caught up', async () => {
    await say(...ALL)
    machine.clock.behindMs = 24 * 3_600 * SECOND
    await machine.pass(1_000 * SECOND)
    expect(await phase()).toBe('soaking')
    await machine.pass(23 * 3_600 * SECOND)
    expect((await machine.entered(change)).filter(state => state === 'JudgeWave').length).toBeLessThanOrEqual(25)
    machine.clock.behindMs = 0
    await machine.pass(3_600 * SECOND)
    expect(await phase()).toBe('completed')
  })
})

describe('nobody answers for the wait for approvals', () => {
  test.each<readonly [string, unknown]>([
    ['that it is released', { released: true }],
    ['that it is not', { released: false }],
    ['more time', { released: false, again: true, approvalSecondsMax: 9_999_999 }],
    ['nothing', null],
  ])('a lie (%s) releases nothing, ends nothing, and moves no deadline', async (_, lie) => {
    await machine.pass(5_000 * SECOND)
    await succeed('await-approvals', lie)
    expect(await phase()).toBe('in-review')
    await machine.pass(4_999 * SECOND)
    expect(await phase()).toBe('in-review')
    await machine.pass(SECOND)
    expect(await phase()).toBe('declined')
  })

  test.each(['States.Timeout', 'Error'])('a forged failure (%s) moves no deadline by more than the sweep takes', async error => {
    await machine.pass(5_000 * SECOND)
    await fail('await-approvals', error)
    await machine.pass(4_990 * SECOND)
    await sweepNow()
    expect(await phase()).toBe('in-review')
    await machine.pass(71 * SECOND)
    await sweepNow()
    expect(await phase()).toBe('declined')
  })
})

describe('nobody answers for the wait for a decision', () => {
  const control = async (command: 'pause' | 'resume'): Promise<void> => {
    const asked = { as: 'bob', path: { change }, body: { command }, headers: { 'if-match': '*' } } as const
    expect((await house.ask('control-change', asked)).status).toBe(200)
    await machine.settle()
  }

  test.each<readonly [string, () => Promise<void>]>([
    ['that it was resumed', () => succeed('await-decision', { decision: 'resume' })],
    ['that it has ended', () => succeed('await-decision', { decision: 'end' })],
    ['that it failed', () => fail('await-decision', 'Error')],
    ['that its time is over', () => fail('await-decision', 'States.Timeout')],
  ])('a lie (%s) resumes nothing and ends nothing', async (_, lie) => {
    await approve('bob', 'carol')
    await control('pause')
    await lie()
    await machine.pass(1_000 * SECOND)
    expect(await show()).toMatchObject({ status: 'halted', halted: { code: 'paused' } })
    expect((await house.store.fleets.directive(fleet))?.directive).toMatchObject({ stopped: true })
    await control('resume')
    expect(await phase()).toBe('open')
    await say(...ALL)
    await machine.pass(100 * SECOND)
    expect(await phase()).toBe('completed')
  })
})
