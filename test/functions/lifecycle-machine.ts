import { awaitApprovals } from '../../functions/lifecycle/await-approvals.ts'
import { awaitDecision } from '../../functions/lifecycle/await-decision.ts'
import { awaitWave } from '../../functions/lifecycle/await-wave.ts'
import { expireApprovals } from '../../functions/lifecycle/expire-approvals.ts'
import { halt } from '../../functions/lifecycle/halt.ts'
import { judgeWave } from '../../functions/lifecycle/judge-wave.ts'
import { openWave } from '../../functions/lifecycle/open-wave.ts'
import { recordLineage } from '../../functions/lifecycle/record-lineage.ts'
import { validate } from '../../functions/lifecycle/validate.ts'
import { openStepFunctions } from '../../local/stepfunctions/index.ts'
import { LIFECYCLE_TASKS, type LifecycleTask } from '../../shared/operations/index.ts'
import { readDefinition } from '../infra/definition.ts'
import type { House } from './house.ts'

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

const named = (functionName: string): LifecycleTask => {
  const task = LIFECYCLE_TASKS.find(name => functionName.includes(`<${name.replaceAll('-', '')}>`))
  if (task === undefined) throw new Error(`${functionName} is no task of the lifecycle`)
  return task
}

export type Lifecycle = Awaited<ReturnType<typeof openLifecycle>>

type Options = {
  /** Called after a task, before its answer arrives. */
  readonly after?: (task: LifecycleTask, change: string, wave: number) => Promise<void>
}

/**
 * The synthesized state machine with the real tasks over a house's store. Time is the house's and moves by `pass` only; `behindMs` sets the clock
 * of the tasks back. Precondition: the house's store is open, as it is from the first `beforeAll` on.
 */
export const openLifecycle = async (house: House, { after }: Options = {}) => {
  const { text } = await readDefinition()
  const timers = new Set<{ readonly at: number; readonly wake: () => void }>()
  const running = new Set<Promise<unknown>>()
  /** Of the waits in the order in which they began. */
  const tokens: { readonly task: LifecycleTask; readonly token: string }[] = []
  const clock = { behindMs: 0 }

  const run = async (task: LifecycleTask, payload: Parameters<Task>[0]): Promise<unknown> => {
    if (payload.token) tokens.push({ task, token: payload.token })
    const answer = await tasks[task](payload)
    await after?.(task, payload.change, payload.wave)
    return answer
  }
  const stepFunctions = openStepFunctions({
    file: ':memory:',
    now: () => house.time,
    timer: (delayMs, wake) => {
      const timer = { at: house.time + delayMs, wake }
      timers.add(timer)
      return { cancel: () => void timers.delete(timer) }
    },
    invoke: ({ arguments: given }) => {
      const { FunctionName, Payload } = given as { readonly FunctionName: string; readonly Payload: Parameters<Task>[0] }
      const ran = run(named(FunctionName), Payload)
      const seen = ran.catch(() => undefined).finally(() => running.delete(seen))
      running.add(seen)
      return ran
    },
  })
  const call = async (operation: string, input: unknown): Promise<Readonly<Record<string, unknown>>> => {
    const { body } = await stepFunctions.handle(`AWSStepFunctions.${operation}`, input)
    return { ...Object(body) }
  }
  const ports = (): House['ports'] => ({
    ...house.ports,
    now: () => house.time - clock.behindMs,
    workflow: {
      start: async name => {
        await call('StartExecution', { stateMachineArn, name, input: JSON.stringify({ change: name }) })
      },
      wake: async (taskToken, output) => {
        await call('SendTaskSuccess', { taskToken, output: JSON.stringify(output) })
      },
    },
  })
  const tasks = tasksOf(ports())
  const { stateMachineArn } = await call('CreateStateMachine', {
    name: 'lifecycle',
    definition: text,
    roleArn: 'arn:aws:iam::000000000000:role/test',
  })
  const executionArn = (change: string): string => String(stateMachineArn).replace(':stateMachine:', ':execution:').concat(`:${change}`)

  /** Until nothing moves any more without the clock. What the house's API started and woke goes to the state machine. */
  const settle = async (): Promise<void> => {
    for (let quiet = 0; quiet < 2; quiet += 1) {
      const [started, woken] = [house.started.splice(0), house.woken.splice(0)]
      for (const change of started) await ports().workflow.start(change)
      for (const { token, output } of woken) await ports().workflow.wake(token, output)
      const waited = await Promise.all(running)
      if ((await stepFunctions.idle()) || waited.length + started.length + woken.length > 0) quiet = -1
    }
  }
  const pass = async (ms: number): Promise<void> => {
    const end = house.time + ms
    for (;;) {
      await settle()
      const [next] = [...timers].filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at)
      if (next === undefined) break
      timers.delete(next)
      house.time = Math.max(house.time, next.at)
      next.wake()
    }
    house.time = end
    await settle()
  }

  return {
    ports: ports(),
    clock,
    tokens,
    settle,
    pass,
    call,
    /** The token of the newest wait that this task began. */
    tokenOf: (task: LifecycleTask): string => tokens.findLast(given => given.task === task)?.token ?? '',
    execution: (change: string) => call('DescribeExecution', { executionArn: executionArn(change) }),
    /** Names of the states that an execution entered, in order. */
    entered: async (change: string): Promise<readonly string[]> => {
      const { events } = await call('GetExecutionHistory', { executionArn: executionArn(change), maxResults: 1_000 })
      const entries = Array.isArray(events) ? events : []
      return entries.flatMap(({ stateEnteredEventDetails: details }) => (details ? [String(details.name)] : []))
    },
    close: stepFunctions.close,
  }
}
