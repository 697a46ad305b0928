import { Worker } from 'node:worker_threads'
import type { DemoHost } from './hosts.ts'

export type FleetOptions = {
  readonly url: string
  readonly folder: string
  readonly fleet: string
  readonly release: string
  readonly hosts: readonly DemoHost[]
  readonly files: Readonly<Record<string, string>>
  /** Issues one-time enrolment tokens. */
  readonly issueTokens: (count: number) => Promise<readonly string[]>
}

export type Fleet = { readonly enrolled: number; readonly running: number; readonly stop: () => Promise<void> }

type Said = { readonly need?: number; readonly enrolled?: number; readonly running?: number }

/** Starts the simulated hosts in a thread of their own; resolves when all of them run. */
export const startFleet = ({ issueTokens, ...work }: FleetOptions): Promise<Fleet> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./fleet-worker.ts', import.meta.url), {
      workerData: work,
      execArgv: ['--disable-warning=ExperimentalWarning'],
    })
    const stop = (): Promise<void> =>
      new Promise(done => {
        worker.once('exit', () => done())
        worker.postMessage('stop')
        // A host in the middle of a request would hold the end up for as long as the request may take.
        setTimeout(() => void worker.terminate(), 2_000).unref()
      })
    worker.on('error', reject)
    worker.on('message', ({ need, enrolled, running }: Said) => {
      if (need !== undefined) issueTokens(need).then(tokens => worker.postMessage({ tokens }), reject)
      else resolve({ enrolled: enrolled ?? 0, running: running ?? 0, stop })
    })
  })
