/** An interpreter on a clock that only tests move, with functions that answer from a table. */
import { type InvokeRequest, openStepFunctions, type StepFunctions } from '../../../local/stepfunctions/index.ts'

export type FunctionOutcome = { returns: unknown } | { fails: { name: string; cause?: string } } | 'never'
export type Functions = Readonly<Record<string, readonly FunctionOutcome[]>>

export type World = {
  now: number
  readonly timers: Set<{ at: number; wake: () => void }>
  readonly calls: { name: string; request: InvokeRequest }[]
}

export const account = '000000000000'
export const region = 'us-east-1'
export const roleArn = `arn:aws:iam::${account}:role/states`
export const startOfTime = Date.UTC(2026, 10, 23, 12)

export const newWorld = (): World => ({ now: startOfTime, timers: new Set(), calls: [] })

const tick = () => new Promise<void>(resolve => setImmediate(resolve))

/** The name in lambda:invoke's parameters, or the last part of a function's ARN. */
export const functionNameOf = ({ resource, arguments: given }: InvokeRequest): string => {
  if (!resource.includes(':states:')) return resource.split(':').at(6) ?? ''
  return typeof given === 'object' && given !== null && 'FunctionName' in given ? String(given.FunctionName) : ''
}

const asked = ({ resource, arguments: given }: InvokeRequest): string => JSON.stringify([resource, given])

/** The next outcome of a function's list, of which the last holds for every further call. */
const invokeFrom = (functions: Functions, world: World, idempotent: boolean) => async (request: InvokeRequest) => {
  const name = functionNameOf(request)
  const earlier = world.calls.filter(call => call.name === name).map(call => asked(call.request))
  world.calls.push({ name, request })
  const outcomes = functions[name] ?? []
  const repeated = idempotent ? [...new Set(earlier)].indexOf(asked(request)) : -1
  const place = repeated >= 0 ? repeated : idempotent ? new Set(earlier).size : earlier.length
  const outcome = outcomes[Math.min(place, outcomes.length - 1)]
  if (outcome === undefined) throw { name: 'Lambda.ResourceNotFoundException', cause: `Function not found: ${name}` }
  if (outcome === 'never') return new Promise<never>(() => undefined)
  if ('fails' in outcome) throw outcome.fails
  return outcome.returns
}

export type Fixture = ReturnType<typeof openFixture>
type Shown = Record<string, unknown>

type Options = {
  file?: string
  functions?: Functions
  /** The same request gets the same outcome again, as a function must see to that is called at least once. */
  idempotent?: boolean
  world?: World
  invoke?: (request: InvokeRequest) => Promise<unknown>
}

export const openFixture = (options: Options = {}) => {
  const world = options.world ?? newWorld()
  const stepFunctions: StepFunctions = openStepFunctions({
    file: options.file ?? ':memory:',
    now: () => world.now,
    timer: (delayMs, wake) => {
      const timer = { at: world.now + delayMs, wake }
      world.timers.add(timer)
      return { cancel: () => void world.timers.delete(timer) }
    },
    invoke: options.invoke ?? invokeFrom(options.functions ?? {}, world, options.idempotent ?? false),
    region,
    account,
  })

  const call = async (operation: string, body: Shown): Promise<{ status: number; body: Shown }> => {
    const { status, body: answer } = await stepFunctions.handle(`AWSStepFunctions.${operation}`, body)
    return { status, body: { ...Object(answer) } }
  }
  const ask = async (operation: string, body: Shown): Promise<Shown> => {
    const answer = await call(operation, body)
    if (answer.status !== 200) throw new Error(`${operation}: ${JSON.stringify(answer.body)}`)
    return answer.body
  }

  /** Until nothing moves any more without the clock or a token. */
  const settle = async () => {
    for (let quiet = 0; quiet < 2; quiet += 1) {
      await tick()
      if (await stepFunctions.idle()) quiet = -1
    }
  }

  return {
    world,
    call,
    ask,
    settle,
    idle: stepFunctions.idle,
    resume: stepFunctions.resume,
    close: () => {
      stepFunctions.close()
      world.timers.clear()
    },
    create: async (definition: unknown, name = 'machine'): Promise<string> => {
      const text = typeof definition === 'string' ? definition : JSON.stringify(definition)
      return String((await ask('CreateStateMachine', { name, roleArn, definition: text })).stateMachineArn)
    },
    start: async (stateMachineArn: string, input: unknown = {}, name?: string): Promise<string> => {
      const named = name === undefined ? {} : { name }
      return String((await ask('StartExecution', { stateMachineArn, input: JSON.stringify(input), ...named })).executionArn)
    },
    /** Lets time pass; timers fire in order, each after everything before it has settled. */
    pass: async (ms: number) => {
      const end = world.now + ms
      for (;;) {
        await settle()
        const next = [...world.timers].filter(timer => timer.at <= end).sort((a, b) => a.at - b.at)[0]
        if (next === undefined) break
        world.timers.delete(next)
        world.now = Math.max(world.now, next.at)
        next.wake()
      }
      world.now = end
      await settle()
    },
    describe: (executionArn: string) => ask('DescribeExecution', { executionArn }),
    history: async (executionArn: string): Promise<Shown[]> => {
      const events: Shown[] = []
      for (let nextToken: unknown; ; ) {
        const page = await ask('GetExecutionHistory', { executionArn, ...(nextToken === undefined ? {} : { nextToken }) })
        if (Array.isArray(page.events)) events.push(...page.events)
        nextToken = page.nextToken
        if (nextToken === undefined) return events
      }
    },
  }
}

const detail = (event: Shown, name: string): unknown => {
  const found = Object.entries(event).find(([key]) => key.endsWith('EventDetails'))?.[1]
  return { ...Object(found) }[name]
}

/** `3<2 PassStateExited Name`: id, what it follows, type, and the state, iteration or error it is about. */
export const line = (event: Shown): string => {
  const about = [detail(event, 'name'), detail(event, 'index'), detail(event, 'error'), detail(event, 'location')]
  return [`${event.id}<${event.previousEventId}`, event.type, ...about.filter(part => part !== undefined)].join(' ')
}

export const detailOf = detail

/** Interpreters share one worker for expressions, which ends with the last of them: keeping one open spares each test a new one. */
export const keepWorker = (): { close: () => void } => openFixture()
