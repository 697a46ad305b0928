import { Fault } from '../fault.ts'
import type { Storage } from './storage.ts'

/** `work` does the writing and returns what to do once that is on disk. */
type Job = { readonly work: () => () => void; readonly failed: (error: unknown) => void }

/**
 * Group commit. Work that is submitted in one turn of the event loop, which is all that arrived while the last commit
 * was writing to disk, runs in one SQLite transaction; nobody hears of success before that transaction is on disk.
 * Each of several has a savepoint of its own: what it wrote goes when it throws, and the others' stays. One that is alone needs none, for
 * which SQLite would keep a copy of each page that it writes.
 */
export class CommitQueue {
  readonly #storage: Storage
  #waiting: Job[] = []
  #isClosed = false

  constructor(storage: Storage) {
    this.#storage = storage
  }

  submit<Result>(work: () => Result): Promise<Result> {
    if (this.#isClosed) return Promise.reject(new Error('the database is closed'))
    return new Promise<Result>((resolve, reject) => {
      const settled = () => {
        const result = work()
        return () => resolve(result)
      }
      this.#waiting.push({ work: settled, failed: reject })
      if (this.#waiting.length === 1) setImmediate(() => this.#flush())
    })
  }

  /** Carries out what waits and takes nothing more. */
  close(): void {
    this.#flush()
    this.#isClosed = true
  }

  #flush(): void {
    const jobs = this.#waiting
    this.#waiting = []
    const [first, ...others] = jobs
    if (first && others.length === 0) this.#alone(first)
    else if (first) this.#together(jobs)
  }

  #alone(job: Job): void {
    let settle: () => void
    try {
      this.#storage.run('BEGIN IMMEDIATE')
      settle = job.work()
      this.#storage.run('COMMIT')
    } catch (error) {
      this.#abandon([job], error)
      return
    }
    settle()
  }

  #together(jobs: readonly Job[]): void {
    const settle: (() => void)[] = []
    try {
      this.#storage.run('BEGIN IMMEDIATE')
      for (const job of jobs) settle.push(this.#attempt(job))
      this.#storage.run('COMMIT')
    } catch (error) {
      this.#abandon(jobs, error)
      return
    }
    for (const answer of settle) answer()
  }

  #attempt(job: Job): () => void {
    this.#storage.run('SAVEPOINT job')
    try {
      const settled = job.work()
      this.#storage.run('RELEASE job')
      return settled
    } catch (error) {
      this.#storage.run('ROLLBACK TO job')
      this.#storage.run('RELEASE job')
      if (!(error instanceof Fault)) this.#storage.reload()
      return () => job.failed(error)
    }
  }

  /** The whole transaction failed (a full disk, say): nothing of it may be acknowledged. */
  #abandon(jobs: readonly Job[], error: unknown): void {
    try {
      this.#storage.run('ROLLBACK')
    } catch {
      // SQLite has rolled back by itself.
    }
    if (!(error instanceof Fault)) this.#storage.reload()
    for (const job of jobs) job.failed(error)
  }
}
