/** A worker that is asked one thing at a time, and replaced when it does not answer. It never keeps the process alive while idle. */
import { Worker } from 'node:worker_threads'

export type Reply = { answer: string } | { gaveUp: string }
export type Thread = { ask: (kind: 'evaluate' | 'check', text: string) => Promise<Reply>; stop: () => void }

/*
 * The service's depth; its memory, about 7 MB, in elements of a sequence; and times that are small against a loop. Time is processor time of
 * the worker: on a machine that is busy with something else, an honest expression is not given up.
 */
const limits = { cpuMsMax: 1_000, depthMax: 100, sequenceMax: 200_000 }
const patienceCpuMs = 2_000
const patienceWallMs = 120_000
const lookMs = 250
const memoryMb = 256

type Job = { kind: 'evaluate' | 'check'; text: string; settle: (reply: Reply) => void }

const startWorker = () =>
  new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: limits,
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: memoryMb },
    execArgv: ['--disable-warning=ExperimentalWarning'],
  })

export const openThread = (): Thread => {
  const waiting: Job[] = []
  let current: { job: Job; watch: NodeJS.Timeout | undefined } | undefined
  let worker: Worker | undefined
  let isReady = false

  const finish = (reply: Reply) => {
    const ended = current
    current = undefined
    if (ended === undefined) return
    clearInterval(ended.watch)
    ended.job.settle(reply)
    next()
  }
  const giveUp = (reason: string) => {
    void worker?.terminate()
    worker = undefined
    isReady = false
    finish({ gaveUp: reason })
  }
  /* Looks at the job from time to time, from when its worker is ready. */
  const watch = (watched: Worker) => {
    if (current === undefined) return
    const { job } = current
    const since = performance.now()
    let before: NodeJS.CpuUsage | undefined
    const look = async () => {
      const usage = await watched.cpuUsage()
      before ??= usage
      const spentMs = (usage.user + usage.system - before.user - before.system) / 1000
      const isStuck = spentMs > patienceCpuMs || performance.now() - since > patienceWallMs
      if (isStuck && current?.job === job) giveUp('Expression evaluation timeout: Check for infinite loop')
    }
    current.watch = setInterval(() => void look().catch(() => undefined), lookMs)
  }
  const start = () => {
    const started = startWorker()
    started.on('message', ({ answer }: { answer: string | undefined }) => {
      if (worker !== started) return
      if (answer === undefined) {
        isReady = true
        return watch(started)
      }
      started.unref()
      finish({ answer })
    })
    started.on('error', error => {
      if (worker === started) giveUp(`Expression evaluation was given up: ${error.message}`)
    })
    return started
  }
  const next = () => {
    if (current !== undefined) return
    const job = waiting.shift()
    if (job === undefined) return
    worker ??= start()
    current = { job, watch: undefined }
    worker.ref()
    worker.postMessage({ kind: job.kind, text: job.text })
    if (isReady) watch(worker)
  }

  return {
    ask: (kind, text) =>
      new Promise<Reply>(settle => {
        waiting.push({ kind, text, settle })
        next()
      }),
    stop: () => {
      const left = waiting.splice(0)
      giveUp('The interpreter is closed')
      for (const job of left) job.settle({ gaveUp: 'The interpreter is closed' })
    },
  }
}
