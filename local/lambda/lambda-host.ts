import { randomUUID } from 'node:crypto'
import { MessageChannel, Worker } from 'node:worker_threads'
import { type LocalServices, serveWire } from './service-wire.ts'

export type FunctionDefinition = {
  readonly name: string
  readonly directory: string
  /** `file.export`, as in the template. */
  readonly handler: string
  readonly environment: Readonly<Record<string, string>>
  readonly timeoutSeconds: number
  readonly memorySize: number
}

/** What went wrong in a function, in the words that the service reports it. */
export class FunctionError extends Error {
  readonly errorType: string
  constructor(errorType: string, message: string) {
    super(message)
    this.errorType = errorType
    this.name = errorType
  }
}

export type LambdaHost = {
  /** Events and answers go through JSON, as between the service and a function. Rejects with a FunctionError. */
  readonly invoke: (name: string, event: unknown) => Promise<unknown>
  /** Ends the environments that were asked nothing for a while, as the service does. Their functions start anew when they are asked again. */
  readonly endIdle: () => void
  readonly close: () => Promise<void>
}

/** `printed` may come before, with or after an answer. */
type Answer = {
  readonly id?: number
  readonly printed?: string
  readonly result?: string
  readonly error?: { readonly errorType: string; readonly errorMessage: string }
}
type Job = { readonly event: string; readonly settle: (outcome: { result?: string; error?: FunctionError }) => void }

/** An environment answers one event at a time, as the service's do; more of them start while others are busy. */
const ENVIRONMENTS_MAX = 3
/** The service keeps one for some minutes; longer than the schedules' minute, so that what runs on them stays. */
const IDLE_MS_MAX = 3 * 60_000

type Log = (functionName: string, line: string) => void

class FunctionPool {
  readonly #definition: FunctionDefinition
  readonly #log: Log
  readonly #services: LocalServices | null
  readonly #queue: Job[] = []
  readonly #now: () => number
  readonly #workers = new Set<Worker>()
  /** The one that was asked last is asked next, so that the others come to be too many. */
  readonly #idle: { readonly worker: Worker; readonly since: number }[] = []
  /** Those that are being ended: what they printed last comes with their end. */
  readonly #ending = new Set<Promise<unknown>>()
  #next = 0
  #isClosed = false

  constructor(definition: FunctionDefinition, log: Log, services: LocalServices | null, now: () => number) {
    this.#definition = definition
    this.#log = log
    this.#services = services
    this.#now = now
  }

  invoke(event: unknown): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    if (this.#isClosed) return Promise.reject(new FunctionError('ServiceException', 'the runtime is stopping'))
    this.#queue.push({
      event: JSON.stringify(event ?? null),
      settle: ({ result, error }) => (error ? reject(error) : resolve(JSON.parse(result ?? 'null'))),
    })
    this.#dispatch()
    return promise
  }

  endIdle(): void {
    const since = this.#now() - IDLE_MS_MAX
    for (const { worker } of this.#idle.filter(idle => idle.since <= since)) this.#discard(worker)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const { settle } of this.#queue.splice(0)) settle({ error: new FunctionError('ServiceException', 'the runtime is stopping') })
    for (const worker of this.#workers) this.#discard(worker)
    await Promise.all(this.#ending)
  }

  #dispatch(): void {
    while (this.#queue.length > 0 && !this.#isClosed) {
      const worker = this.#idle.pop()?.worker ?? (this.#workers.size < ENVIRONMENTS_MAX ? this.#start() : undefined)
      if (!worker) return
      const job = this.#queue.shift()
      if (job) this.#run(worker, job)
    }
  }

  #start(): Worker {
    const { name, directory, handler, environment, memorySize } = this.#definition
    const wire = this.#services && this.#wire(this.#services)
    const worker = new Worker(new URL('./worker.ts', import.meta.url), {
      workerData: { directory, handler, functionName: name, memorySize, services: wire },
      transferList: wire ? [wire.port] : [],
      env: { ...environment },
      stdout: true,
      stderr: true,
      execArgv: ['--disable-warning=ExperimentalWarning'],
    })
    const forward = (printed: string) => {
      for (const line of printed.split('\n')) if (line) this.#log(name, line)
    }
    worker.on('message', ({ printed = '' }: Answer) => forward(printed))
    /* What Node itself says of an environment, and what a library wrote past the thread's own streams. */
    for (const stream of [worker.stdout, worker.stderr]) stream.setEncoding('utf8').on('data', forward)
    // Between two events, too, something may fail or end in there: that must not end this process, and nothing may be asked of it again.
    worker.on('error', error => {
      if (this.#idle.some(idle => idle.worker === worker)) this.#log(name, `failed between two events: ${String(error)}`)
      this.#forget(worker)
    })
    worker.on('exit', () => this.#forget(worker))
    this.#workers.add(worker)
    return worker
  }

  #wire(services: LocalServices) {
    const { port1, port2 } = new MessageChannel()
    serveWire(port1, services)
    return { port: port2, endpoint: services.endpoint }
  }

  #forget(worker: Worker): void {
    this.#workers.delete(worker)
    const index = this.#idle.findIndex(idle => idle.worker === worker)
    if (index >= 0) this.#idle.splice(index, 1)
  }

  #discard(worker: Worker): void {
    this.#forget(worker)
    const ending = worker.terminate().finally(() => this.#ending.delete(ending))
    this.#ending.add(ending)
  }

  #run(worker: Worker, job: Job): void {
    const id = ++this.#next
    const timeoutMs = this.#definition.timeoutSeconds * 1000
    const finish = (outcome: { result?: string; error?: FunctionError }, keep: boolean) => {
      clearTimeout(timer)
      worker.off('message', onMessage).off('error', onError).off('exit', onExit)
      if (keep) this.#idle.push({ worker, since: this.#now() })
      else this.#discard(worker)
      job.settle(outcome)
      this.#dispatch()
    }
    const timer = setTimeout(() => {
      const seconds = this.#definition.timeoutSeconds.toFixed(2)
      finish({ error: new FunctionError('Sandbox.Timedout', `RequestId: ${id} Error: Task timed out after ${seconds} seconds`) }, false)
    }, timeoutMs)
    const onMessage = (answer: Answer) => {
      if (answer.id !== id) return
      const { error, result = 'null' } = answer
      finish(error ? { error: new FunctionError(error.errorType, error.errorMessage) } : { result }, true)
    }
    const onError = (error: unknown) => finish({ error: new FunctionError('Runtime.UnhandledError', String(error)) }, false)
    const onExit = (code: number) =>
      finish({ error: new FunctionError('Runtime.ExitError', `the function ended its process with code ${code}`) }, false)
    worker.on('message', onMessage).on('error', onError).on('exit', onExit)
    worker.postMessage({ id, event: job.event, requestId: randomUUID(), deadline: Date.now() + timeoutMs })
  }
}

/**
 * Runs the functions of a template, each in worker threads of its own that start when they are asked and none is free. What they ask of
 * `services` does not leave the process.
 */
export const openLambdaHost = (
  definitions: readonly FunctionDefinition[],
  log: Log,
  services: LocalServices | null = null,
  now: () => number = Date.now,
): LambdaHost => {
  const pools = new Map(definitions.map(definition => [definition.name, new FunctionPool(definition, log, services, now)]))
  return {
    invoke: (name, event) => {
      const pool = pools.get(name)
      if (!pool) return Promise.reject(new FunctionError('ResourceNotFoundException', `Function not found: ${name}`))
      return pool.invoke(event)
    },
    endIdle: () => {
      for (const pool of pools.values()) pool.endIdle()
    },
    close: async () => {
      await Promise.all([...pools.values()].map(pool => pool.close()))
    },
  }
}
