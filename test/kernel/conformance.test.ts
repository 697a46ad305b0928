import { readdirSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { explainDifference } from '../conformance/difference.ts'
import { differencesOf, readRecordings } from '../conformance/recording.ts'

const ROOT = new URL('../data/kernel-transcripts/', import.meta.url).pathname

const files = readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.jsonl.gz'))
  .sort()

describe('the core answers as the recorded kernels did, in every field of every step', () => {
  test.each(files)('%s', name => {
    const recordings = readRecordings(ROOT + name)
    const wrong = recordings.flatMap(recording => {
      const differences = differencesOf(recording)
      return differences.length === 0 ? [] : [explainDifference(recording, differences)]
    })
    expect(wrong.slice(0, 3).join('\n')).toBe('')
    expect(recordings.length).toBeGreaterThan(0)
  })

  test('639 scenarios were recorded on each of the three kernels', () => {
    const counts = ['6.1', '6.12', '7.2'].map(kernel =>
      files
        .filter(name => name.startsWith(`${kernel}/`) && !name.endsWith('own.jsonl.gz'))
        .reduce((sum, name) => sum + readRecordings(ROOT + name).length, 0),
    )
    expect(counts).toEqual([639, 639, 639])
  })
})
