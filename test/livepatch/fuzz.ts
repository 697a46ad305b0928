import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { readModule } from '../../shared/livepatch/index.ts'
import { built, example, given, givenFiles } from './module-files.ts'
import { mutate, seeded } from './mutate.ts'

/**
 * A long run of damaged modules:
 *
 *   node bootstrap.cjs test/livepatch/fuzz.ts --count 1000000 --seed 7 [--from 0] [--readelf 1000]
 *
 * Run N of a seed damages the same file in the same way whatever was run before it, so --from shares a seed among processes and makes one run
 * again. Stops at the first exception and prints how to make it again; reports the slowest file. With --readelf N every N-th file goes to readelf too,
 * and one that readelf calls broken must have been refused or warned of.
 */
const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
    readelf: { type: 'string', default: '0' },
  },
})
const [count, seed, from, readelf] = [Number(values.count), Number(values.seed), Number(values.from), Number(values.readelf)]
const names = [
  'two_objects',
  'two_objects_stripped',
  'two_objects_debug_stripped',
  'two_objects_s390x',
  'two_objects_ppc64le_large',
  'two_objects_aarch64',
  'chosen',
  'klp_build_tables',
  'renamed_later',
  'signed_attributes',
  'signed_twice',
]
const originals = [...givenFiles().map(given), ...names.map(name => built(name)), ...['lp_proc_2', 'lp_proc_3'].map(example)]
const folder = mkdtempSync(join(tmpdir(), 'fuzz-'))

/** What readelf says on standard error about a file that it could make out. */
const complaint = (bytes: Uint8Array): string => {
  const file = join(folder, 'module.ko')
  writeFileSync(file, bytes)
  const { stderr } = spawnSync('readelf', ['-SsrW', file], { encoding: 'utf8', maxBuffer: 1 << 28 })
  return stderr.split('\n').find(line => /Error|Warning/.test(line)) ?? ''
}

const tally = new Map<string, number>()
let slowest = { milliseconds: 0, run: -1 }
let unnoticed = 0
if (readelf > 0) execFileSync('readelf', ['--version'], { stdio: 'ignore' })
const PROGRESS_EVERY = 250_000
/** A decompressor that failed lets go of its memory in the event loop only: without a pause a long run keeps them all. */
const PAUSE_EVERY = 1000
const secondsSince = (start: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(start)
  return Math.round((user + system) / 1e6)
}
const begin = process.cpuUsage()
for (let run = from; run < from + count; run += 1) {
  if (run > from && (run - from) % PROGRESS_EVERY === 0) console.error(`${run - from} of ${count}, ${secondsSince(begin)} CPU s`)
  if (run % PAUSE_EVERY === 0) await setImmediate()
  const damaged = mutate(originals[run % originals.length] ?? new Uint8Array(), seeded(seed * 1_000_003 + run))
  const start = process.cpuUsage()
  let result: ReturnType<typeof readModule>
  try {
    result = readModule(damaged)
  } catch (error) {
    writeFileSync('fuzz-failure.ko', damaged)
    console.error(`run ${run}, seed ${seed}: an exception; the file is fuzz-failure.ko`)
    throw error
  }
  const spent = process.cpuUsage(start)
  const milliseconds = (spent.user + spent.system) / 1000
  if (milliseconds > slowest.milliseconds) slowest = { milliseconds, run }
  const outcome = result.ok ? result.module.patch.status : result.error.code
  tally.set(outcome, (tally.get(outcome) ?? 0) + 1)
  if (readelf > 0 && run % readelf === 0 && result.ok && result.warnings.length === 0 && result.module.compression === 'none') {
    const said = complaint(damaged)
    if (said) {
      unnoticed += 1
      console.error(`run ${run}, seed ${seed}: accepted without a warning, readelf says: ${said}`)
    }
  }
}
rmSync(folder, { recursive: true })
console.log(
  JSON.stringify(
    {
      count,
      seed,
      from,
      cpuSeconds: secondsSince(begin),
      slowest,
      unnoticed,
      outcomes: Object.fromEntries([...tally].sort((a, b) => b[1] - a[1])),
    },
    null,
    2,
  ),
)
