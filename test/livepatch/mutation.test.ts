import { describe, expect, test } from '@jest/globals'
import { digestOfModule, InspectAnswer, manifestOf, readModule } from '../../shared/livepatch/index.ts'
import { built, example, given, givenFiles } from './module-files.ts'
import { mutate, seeded } from './mutate.ts'

const BUILT = [
  'two_objects_stripped',
  'two_objects_s390x',
  'two_objects_ppc64le_large',
  'two_objects_aarch64',
  'chosen',
  'klp_build_tables',
  'renamed_later',
  'signed_attributes',
]
const originals = [...givenFiles().map(given), ...BUILT.map(name => built(name)), example('lp_proc_3')]

describe('damaged at random, with a seed', () => {
  test('every file is answered: read or refused, of the published form, and never by an exception', () => {
    const random = seeded(20_261_123)
    for (let run = 0; run < 3000; run += 1) {
      const damaged = mutate(originals[run % originals.length] ?? new Uint8Array(), random)
      const result = readModule(damaged)
      if (result.ok)
        manifestOf(
          result.module,
          { series: 'line', version: '1', replace: true, objects: [], states: [] },
          { digest: digestOfModule(damaged), size: 1 },
        )
      if (run % 10 === 0)
        InspectAnswer.parse(
          JSON.parse(JSON.stringify(result.ok ? result.module : { sha256: digestOfModule(damaged), error: result.error })),
        )
    }
    expect(random(2)).toBeLessThan(2)
  })
})
