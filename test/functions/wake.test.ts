import { describe, expect, test } from '@jest/globals'
import { wakeUpOf } from '../../functions/wake.ts'
import { type Change, type ChangeEvent, replay } from '../../shared/change/index.ts'
import { planDefaults } from '../../shared/policy/index.ts'
import type { Waiting } from '../../shared/store/index.ts'

const person = (id: string) => ({ id, name: id, groups: [] })
const counts = { hosts: 1, applied: 1, failed: 0, stalled: 0, silent: 0, pending: 0 }
const bound = { livepatch: 'l', verdict: 'v', plan: planDefaults, policy: 'p' }
const proposed: ChangeEvent = {
  type: 'proposed',
  id: 'c',
  fleet: 'f',
  livepatch: 'l',
  plan: planDefaults,
  reason: 'r',
  proposer: person('alice'),
}
const judged: ChangeEvent = { type: 'judged', digest: 'd', bound, outcome: 'clear', downgrade: false }
const released: ChangeEvent = { type: 'released', digest: 'd', policies: [] }
const opened: ChangeEvent = { type: 'wave-opened', wave: 0, share: 500, directiveVersion: 1 }
const filled: ChangeEvent = { type: 'wave-filled', wave: 0, counts }
const passed: ChangeEvent = { type: 'wave-passed', wave: 0, counts }
const halted: ChangeEvent = { type: 'halted', wave: 0, reason: { code: 'paused', detail: '' }, by: 'bob' }
const resumed: ChangeEvent = { type: 'resumed', by: person('bob') }
const aborted: ChangeEvent = { type: 'aborted', by: person('bob'), reason: '' }
const rejected: ChangeEvent = { type: 'rejected', by: person('bob'), digest: 'd', reason: '' }

const change = (...events: readonly ChangeEvent[]): Change => {
  const state = replay([{ at: '2026-11-02T00:00:00.000Z', events }])
  if (!state) throw new Error('a change has events')
  return state
}

type Row = readonly [sentence: string, waiting: Waiting['for'], events: readonly ChangeEvent[], wakeUp: ReturnType<typeof wakeUpOf>]
const ROWS: readonly Row[] = [
  ['approvals are waited for while the change is judged', 'approvals', [proposed], null],
  ['approvals are waited for while it is in review', 'approvals', [proposed, judged], null],
  ['a release wakes them', 'approvals', [proposed, judged, released], { released: true }],
  [
    'a release that was paused at once still wakes them: the next task sees the halt',
    'approvals',
    [proposed, judged, released, { ...halted, wave: null }],
    { released: true },
  ],
  ['a rejection wakes them to end', 'approvals', [proposed, judged, rejected], { released: false }],
  ['an abort wakes them to end', 'approvals', [proposed, judged, aborted], { released: false }],
  ['an abort after the release wakes them to end', 'approvals', [proposed, judged, released, aborted], { released: false }],
  ['an open wave is waited for', 'wave', [proposed, judged, released, opened], null],
  ['a filled wave wakes', 'wave', [proposed, judged, released, opened, filled], { filled: true }],
  ['a passed wave wakes as well', 'wave', [proposed, judged, released, opened, filled, passed], { filled: true }],
  ['a halt wakes the wave to be judged', 'wave', [proposed, judged, released, opened, halted], { filled: false }],
  [
    'a wave that waits to be opened again wakes to be judged',
    'wave',
    [proposed, judged, released, opened, halted, resumed],
    { filled: false },
  ],
  ['an abort wakes the wave', 'wave', [proposed, judged, released, opened, aborted], { filled: false }],
  ['a halted change waits for a decision', 'decision', [proposed, judged, released, opened, halted], null],
  ['resuming is the decision to resume', 'decision', [proposed, judged, released, opened, halted, resumed], { decision: 'resume' }],
  ['aborting is the decision to end', 'decision', [proposed, judged, released, opened, halted, aborted], { decision: 'end' }],
]

describe('with what a wait is woken', () => {
  test.each(ROWS)('%s', (_, waiting, events, wakeUp) => {
    expect(wakeUpOf(change(...events), { for: waiting, wave: waiting === 'wave' ? 0 : null })).toEqual(wakeUp)
  })
})
