import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { TRANSITION_STATES } from '../../shared/kernel/index.ts'

const ROOT = new URL('../../', import.meta.url).pathname
const page = readFileSync(`${ROOT}docs/kernel-model.md`, 'utf8')

/** The table as a Mermaid state diagram. */
const picture = (): string => {
  const arrows = Object.entries(TRANSITION_STATES).flatMap(([from, events]) =>
    Object.entries(events).map(([event, to]) => `  ${from} --> ${to}: ${event}`),
  )
  return ['```mermaid', 'stateDiagram-v2', '  [*] --> idle', ...arrows, '```'].join('\n')
}

describe('docs/kernel-model.md', () => {
  test('shows the states of a transition as the table has them', () => {
    const shown = page.split('<!-- transition states -->')[1]?.split('<!-- end -->')[0]?.trim()
    expect(shown).toBe(picture())
  })

  test('names every file that holds rules of kernel/livepatch', () => {
    const files = readdirSync(`${ROOT}shared/kernel/klp`)
    expect(files.filter(file => !page.includes(`\`${file}\``))).toEqual([])
  })
})
