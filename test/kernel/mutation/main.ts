import { readdirSync, readFileSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import { type Mutant, mutantsOf } from './mutants.ts'
import { trials } from './trial.ts'

/*
 * node bootstrap.cjs test/kernel/mutation/main.ts [HOW-MANY [SEED [FILE-PART]]]
 *
 * Changes the simulation core in one place at a time and looks whether its tests or a recording notice. Prints each mutant that
 * survives, then a line for each file. Exit code 1 when fewer than nine in ten were killed.
 */
const ROOM = resolve(import.meta.dirname, '../../../shared/kernel')
const TRIAL_MS_MAX = 30_000
const KILLED_MIN = 0.9

type Verdict = { readonly mutant: Mutant; readonly by: string | null }

/** A small generator with a seed, so that a sample can be drawn again (mulberry32). */
const randomFrom = (seed: number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const sample = (mutants: readonly Mutant[], many: number, seed: number): Mutant[] => {
  const random = randomFrom(seed)
  return mutants
    .map(mutant => ({ mutant, rank: random() }))
    .sort((a, b) => a.rank - b.rank)
    .slice(0, many)
    .map(({ mutant }) => mutant)
}

/** One worker takes mutant after mutant from the queue; a trial that does not end is a kill, and costs the worker. */
const work = (queue: Mutant[], done: (verdict: Verdict) => void): Promise<void> =>
  new Promise((finish, fail) => {
    const worker = new Worker(new URL(import.meta.url))
    let current = queue.pop()
    let timer: NodeJS.Timeout | undefined
    const stop = () => worker.terminate()
    const next = () => {
      clearTimeout(timer)
      if (current === undefined) return void stop().then(() => finish())
      worker.postMessage(current)
      timer = setTimeout(tooLong, TRIAL_MS_MAX)
    }
    const tooLong = () => {
      if (current !== undefined) done({ mutant: current, by: 'it does not end' })
      void stop().then(() => work(queue, done).then(finish, fail))
    }
    worker.on('error', fail)
    worker.on('message', (by: string | null | 'ready') => {
      if (by !== 'ready' && current !== undefined) {
        done({ mutant: current, by })
        current = queue.pop()
      }
      next()
    })
  })

const survivorLine = ({ file, line, kind, before, text }: Mutant): string =>
  `survived ${relative(ROOM, file)}:${line} ${kind}: ${before} -> ${text.trim() || 'nothing'}`

const main = async (many: number, seed: number, part: string): Promise<number> => {
  const mutants = readdirSync(ROOM, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts') && name !== 'index.ts' && name.includes(part))
    .sort()
    .flatMap(name => mutantsOf(resolve(ROOM, name), readFileSync(resolve(ROOM, name), 'utf8')))
  const queue = sample(mutants, many, seed)
  const counts = new Map<string, { killed: number; all: number }>()
  const note = ({ mutant, by }: Verdict) => {
    if (by === 'no program') return
    const count = counts.get(mutant.file) ?? { killed: 0, all: 0 }
    counts.set(mutant.file, { killed: count.killed + (by === null ? 0 : 1), all: count.all + 1 })
    if (by === null) console.log(survivorLine(mutant))
  }
  await Promise.all([work(queue, note), work(queue, note)])
  for (const [file, { killed, all }] of [...counts].sort(([a], [b]) => (a < b ? -1 : 1)))
    console.log(`${relative(ROOM, file)}: ${killed} of ${all}`)
  const totals = [...counts.values()]
  const all = totals.reduce((sum, count) => sum + count.all, 0)
  const killed = totals.reduce((sum, count) => sum + count.killed, 0)
  console.log(`${killed} of ${all} killed (${((100 * killed) / all).toFixed(1)} %), out of ${mutants.length} possible`)
  return killed >= KILLED_MIN * all ? 0 : 1
}

if (isMainThread) {
  const [many = '500', seed = '1', part = ''] = process.argv.slice(2)
  process.exitCode = await main(Number(many), Number(seed), part)
} else {
  const trial = trials()
  const unchanged: Mutant = { file: resolve(ROOM, 'apply.ts'), line: 1, kind: 'nothing', start: 0, end: 0, before: '', text: '' }
  const broken = await trial(unchanged)
  if (broken !== null) throw new Error(`a test fails without any mutant: ${broken}`)
  parentPort?.on('message', async (mutant: Mutant) => parentPort?.postMessage(await trial(mutant)))
  parentPort?.postMessage('ready')
}
