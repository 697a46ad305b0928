import { UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { describe, expect, test } from '@jest/globals'
import { awaitApprovals } from '../../functions/lifecycle/await-approvals.ts'
import { awaitDecision } from '../../functions/lifecycle/await-decision.ts'
import { awaitWave } from '../../functions/lifecycle/await-wave.ts'
import { evaluateWave } from '../../functions/lifecycle/evaluate-wave.ts'
import { expireApprovals } from '../../functions/lifecycle/expire-approvals.ts'
import { halt } from '../../functions/lifecycle/halt.ts'
import { judgeWave } from '../../functions/lifecycle/judge-wave.ts'
import { openWave } from '../../functions/lifecycle/open-wave.ts'
import { recordLineage } from '../../functions/lifecycle/record-lineage.ts'
import { validate } from '../../functions/lifecycle/validate.ts'
import type { Ports } from '../../functions/ports.ts'
import { openStepFunctions } from '../../local/stepfunctions/index.ts'
import { stackDigest } from '../../shared/kernel/index.ts'
import { LIFECYCLE_TASKS, type LifecycleTask } from '../../shared/operations/index.ts'
import { createFleet, digestOfFile, enrol, moduleFile, report, stackOf, submit } from '../functions/demo.ts'
import { type House, openHouse } from '../functions/house.ts'
import { readDefinition } from '../infra/definition.ts'

const PLAN = { soakSeconds: 0, waveSecondsMax: 60, approvalSecondsMax: 600, pollSeconds: 1 }
const SLOTS = 100

const house = openHouse()
const { text } = await readDefinition()

type Task = (input: {
  readonly change: string
  readonly token: string
  readonly wave: number
  readonly error: string
  readonly cause: string
}) => Promise<unknown>

const tasksOf = (ports: House['ports']): Readonly<Record<LifecycleTask, Task>> => ({
  validate: validate(ports),
  'await-approvals': awaitApprovals(ports),
  'expire-approvals': expireApprovals(ports),
  'open-wave': openWave(ports),
  'await-wave': awaitWave(ports),
  'judge-wave': judgeWave(ports),
  halt: halt(ports),
  'await-decision': awaitDecision(ports),
  'record-lineage': recordLineage(ports),
})

const add = (pk: string, sk: string, attribute: string, value: number) =>
  house.client.send(
    new UpdateItemCommand({
      TableName: house.tables.fleet,
      Key: { pk: { S: pk }, sk: { S: sk } },
      UpdateExpression: 'ADD #a :v',
      ExpressionAttributeNames: { '#a': attribute },
      ExpressionAttributeValues: { ':v': { N: String(value) } },
    }),
  )
const slotKey = (slot: number): string => `slot#${String(slot).padStart(2, '0')}`
const inSlot = (hosts: number, slot: number): number => Math.floor((hosts * (slot + 1)) / SLOTS) - Math.floor((hosts * slot) / SLOTS)

/** A fleet of so many hosts as the counters tell it; one of them is enrolled and reports, so that its stack is known. */
const fleetOf = async (fleet: string, hosts: number): Promise<void> => {
  await createFleet(house, fleet)
  const [first] = await enrol(house, fleet, 1)
  await report(house, fleet, [first?.report({}) ?? ''])
  for (let slot = 0; slot < SLOTS; slot += 1)
    if (inSlot(hosts, slot) > 0) await add(`enrolled#${fleet}`, slotKey(slot), 'hosts', inSlot(hosts, slot))
  await add(`cohorts#${fleet}`, `${stackDigest(stackOf())}#0`, 'hosts', hosts)
}

/** Every host of the open share says that it has applied the change; the enrolled one with the others. */
const applyShare = async (ports: Ports, fleet: string, change: string, wave: number, hosts: number): Promise<void> => {
  const share = [5, 50, 100][wave] ?? 0
  const from = [0, 5, 50][wave] ?? 0
  const enrolled = await ports.fleets.slots(fleet, change)
  for (const { slot, hosts: here } of enrolled)
    if (slot >= from && slot < share) await add(`progress#${fleet}#${change}`, slotKey(slot), 'applied', here)
  expect(enrolled.reduce((sum, { hosts: here }) => sum + here, 0)).toBe(hosts + 1)
  await evaluateWave(ports as House['ports'], change)
}

/** Runs a change through the real state machine and the real tasks, and counts what it cost. */
const costOf = async (hosts: number) => {
  const fleet = `scale-${hosts}`
  await fleetOf(fleet, hosts)
  const done = Promise.withResolvers<void>()
  const stepfunctions = openStepFunctions({
    file: ':memory:',
    now: Date.now,
    timer: (delayMs, wake) => {
      const pending = setTimeout(wake, delayMs)
      return { cancel: () => clearTimeout(pending) }
    },
    invoke: async ({ arguments: given }) => {
      const { FunctionName, Payload } = given as { readonly FunctionName: string; readonly Payload: Parameters<Task>[0] }
      const task = LIFECYCLE_TASKS.find(name => FunctionName.includes(`<${name.replaceAll('-', '')}>`)) ?? 'halt'
      const answer = await tasks[task](Payload)
      if (task === 'await-wave') await applyShare(ports, fleet, Payload.change, Payload.wave, hosts)
      if (task === 'record-lineage') done.resolve()
      if (task === 'halt') done.reject(new Error(`${Payload.error}: ${Payload.cause}`))
      return answer
    },
  })
  const call = async (operation: string, input: unknown) =>
    (await stepfunctions.handle(`AWSStepFunctions.${operation}`, input)).body as Record<string, unknown>
  const machine = await call('CreateStateMachine', { name: 'lifecycle', definition: text, roleArn: 'arn:aws:iam::000000000000:role/test' })
  let execution = ''
  const ports: House['ports'] = {
    ...house.ports,
    workflow: {
      start: async change => {
        const started = await call('StartExecution', {
          stateMachineArn: machine['stateMachineArn'],
          name: change,
          input: JSON.stringify({ change }),
        })
        execution = String(started['executionArn'])
      },
      wake: async (taskToken, output) => {
        await call('SendTaskSuccess', { taskToken, output: JSON.stringify(output) })
      },
    },
  }
  const tasks = tasksOf(ports)
  const { body } = await house.ask('propose-change', {
    as: 'alice',
    body: { fleet, livepatch: digestOfFile(moduleFile('2')), plan: PLAN, reason: 'scale' },
  })
  const change = String(body['id'])
  await ports.workflow.start(change)
  const judged = async () => (await house.ask('show-change', { as: 'dave', path: { change } })).body
  let shown = await judged()
  while (shown['status'] === 'proposed') shown = await judged()
  for (const as of ['bob', 'carol'] as const)
    await house.ask('approve-change', { as, path: { change }, body: { decision: 'approve', digest: shown['digest'], comment: 'yes' } })
  for (const { token, output } of house.woken.splice(0)) await ports.workflow.wake(token, output)
  await done.promise
  while (!(await stepfunctions.idle()));
  const history = (await call('GetExecutionHistory', { executionArn: execution, maxResults: 1000 })) as unknown as {
    readonly events: readonly { readonly type: string }[]
  }
  const commits = await ports.ledger.commitsOf(`change#${change}`, { limit: 100 })
  stepfunctions.close()
  return {
    status: String((await judged())['status']),
    transitions: history.events.filter(({ type }) => type.endsWith('StateEntered')).length,
    commits: commits.items.map(({ events }) => events.map(({ type }) => type)),
  }
}

describe('a rollout costs the same for 40 hosts and for 40,000', () => {
  test('in state transitions and in writes to the change, and at most 200 transitions', async () => {
    await submit(house, '2')
    const [small, large] = [await costOf(40), await costOf(40_000)]
    expect([small.status, large.status]).toEqual(['completed', 'completed'])
    expect(large.transitions).toBe(small.transitions)
    expect(large.commits).toEqual(small.commits)
    expect(large.transitions).toBeLessThanOrEqual(200)
    expect(large.commits.flat().filter(type => type.startsWith('wave-'))).toHaveLength(9)
  })
})
