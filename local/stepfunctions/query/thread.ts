/** A worker that is asked one thing at a time, and replaced when it does not answer. It never keeps the process alive while idle. */
import { Worker } from 'node:worker_threads'

export type Reply = { answer: string } | { gaveUp: string }
export type Thread = { ask: (kind: 'evaluate' | 'check', text: string) => Promise<Reply>; stop: () => void }

/* The service's depth; its memory, about 7 MB, in elements of a sequence; and a time that is small against a loop. */
const limits = { timeoutMs: 1_000, depthMax: 100, sequenceMax: 200_000 }
const patienceMs = 4_000
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
  let current: { job: Job; alarm: NodeJS.Timeout } | undefined
  let worker: Worker | undefined

  const finish = (reply: Reply) => {
    const ended = current
    current = undefined
    if (ended === undefined) return
    clearTimeout(ended.alarm)
    ended.job.settle(reply)
    next()
  }
  const giveUp = (reason: string) => {
    void worker?.terminate()
    worker = undefined
    finish({ gaveUp: reason })
  }
  const start = () => {
    const started = startWorker()
    started.on('message', ({ answer }: { answer: string }) => {
      if (worker !== started) return
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
    current = { job, alarm: setTimeout(() => giveUp('Expression evaluation timeout: Check for infinite loop'), patienceMs) }
    worker.ref()
    worker.postMessage({ kind: job.kind, text: job.text })
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
