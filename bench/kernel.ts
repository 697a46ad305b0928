import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { runScenario } from '../shared/kernel/index.ts'
import { guestSymbols } from '../test/conformance/guest.ts'
import { readRecordings } from '../test/conformance/recording.ts'
import { cpuOf, type Figure } from './figure.ts'

const RECORDINGS = 'test/data/kernel-transcripts/6.1'
/** The first rounds pay for compiling, which a long-running service pays once; it goes on in the background for about that many. */
const WARM_UP_ROUNDS = 20
const ROUNDS = 20

/** Operations of the recorded scenarios replayed on the core, with everything that is observed after each. */
export const kernelFigures = async (root: string): Promise<readonly Figure[]> => {
  const folder = join(root, RECORDINGS)
  const recordings = readdirSync(folder)
    .filter(name => name.endsWith('.jsonl.gz'))
    .flatMap(name => readRecordings(join(folder, name)))
  const operations = recordings.reduce((sum, { scenario }) => sum + scenario.steps.length, 0)
  /** Nobody keeps hundreds of transcripts, so each is dropped when it is done. */
  const replay = () => {
    for (const { scenario, kernel } of recordings) runScenario(scenario, { release: kernel, symbols: guestSymbols(kernel) })
  }
  for (let round = 0; round < WARM_UP_ROUNDS; round += 1) replay()
  const seconds = await cpuOf(() => {
    for (let round = 0; round < ROUNDS; round += 1) replay()
  })
  return [
    {
      name: 'simulation core, recorded operations',
      value: (ROUNDS * operations) / seconds,
      unit: 'operations/CPU s',
      target: 150_000,
      wanted: 'at least',
    },
  ]
}
