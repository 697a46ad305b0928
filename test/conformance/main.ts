import { explainDifference } from './difference.ts'
import { differencesOf, readRecordings } from './recording.ts'

/**
 * npm run conformance -- FILE.jsonl[.gz] …
 *
 * Replays recorded runs of real kernels on the simulation core and compares every field. Exit code 0: all are equal; 1: some are
 * not; 2: no file was named, or one cannot be read.
 */
const main = (files: readonly string[]): number => {
  if (files.length === 0) {
    console.error('usage: npm run conformance -- FILE.jsonl[.gz] …')
    return 2
  }
  const recordings = files.flatMap(readRecordings)
  let equal = 0
  for (const recording of recordings) {
    const differences = differencesOf(recording)
    if (differences.length === 0) equal += 1
    else console.log(explainDifference(recording, differences))
  }
  console.log(`${equal} of ${recordings.length} equal`)
  return equal === recordings.length ? 0 : 1
}

try {
  process.exitCode = main(process.argv.slice(2))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 2
}
