import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { HOST_STATES, Report } from '../../shared/fleet/index.ts'

const page = readFileSync(new URL('../../docs/agent.md', import.meta.url), 'utf8')
const named = (words: readonly string[]): readonly string[] => words.filter(word => !page.includes(`\`${word}\``))

/** States that others give a host, or that a newer agent may report. */
const NOT_OF_THE_AGENT = ['reboot-pending', 'kernel-upgrade-required', 'silent']

describe('docs/agent.md', () => {
  test('names every refusal that a host reports', () => {
    expect(named(Report.shape.refusal.unwrap().shape.code.options)).toEqual([])
  })

  test('names every state that an agent reports', () => {
    expect(named(HOST_STATES)).toEqual(NOT_OF_THE_AGENT)
  })
})
