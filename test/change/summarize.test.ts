import { expect, test } from '@jest/globals'
import { approve, type Change, ChangeEvent, evolve, requestChanges, summarize, withdraw } from '../../shared/change/index.ts'
import { after, approvedBy, at, bob, changes, countsOf, judgedAs, steps, verdictOf } from './given.ts'

const rows: readonly (readonly [string, Change, object])[] = [
  [
    'a proposal has its waves to come and nothing else',
    changes.proposed,
    { status: 'proposed', digest: null, outcome: null, approvals: [], wave: null, ending: null },
  ],
  ['a change in review says until when people may decide', changes.inReview, { decideBefore: '2026-11-26T12:00:00.000Z', ending: null }],
  ['a released one has nothing left to decide', changes.released, { decideBefore: null }],
  [
    'an open wave is the present one',
    changes.rolling,
    { wave: { index: 0, share: 500, phase: 'open', counts: null }, waves: [{ state: 'open' }, { state: 'waiting' }, { state: 'waiting' }] },
  ],
  ['a full wave soaks', changes.soaking, { wave: { index: 0, phase: 'soaking', counts: countsOf(2) } }],
  [
    'between waves there is none',
    changes.betweenWaves,
    { wave: null, waves: [{ state: 'passed' }, { state: 'waiting' }, { state: 'waiting' }] },
  ],
  [
    'a halt shows its wave and its reason',
    changes.halted,
    { wave: { index: 0, phase: 'halted' }, halted: { code: 'paused', detail: 'lunch' } },
  ],
  ['a blocked change says by what', changes.blocked, { outcome: 'block', ending: 'Blocked by missing-callback.' }],
  ['a declined change says by whom and why', changes.declined, { ending: 'Rejected by Bob: not now' }],
  ['an aborted change says by whom and why', changes.aborted, { ending: 'Aborted by Carol: no' }],
  ['a completed change says how far it came', changes.completed, { ending: 'Completed: 40 of 40 hosts applied.' }],
]
test.each(rows)('%s', (_, change, expected) => {
  expect(summarize(change)).toMatchObject(expected)
})

test('an approval of a digest that moved is void, and people are told what moved', () => {
  const moved = after(changes.inReview, approvedBy(bob), judgedAs(verdictOf(['review', 'no-way-back'])))
  expect(summarize(moved)).toMatchObject({
    approvals: [],
    voidApprovals: [
      {
        approval: { by: bob, digest: changes.inReview.review?.digest },
        why: 'moved',
        differs: ['verdict'],
        text: 'Void, because the verdict changed since Bob approved; look at the change again and approve its new digest.',
      },
    ],
  })
})

test('an approval that was withdrawn is void, and the next one of the same person counts', () => {
  const withdrawn = after(changes.inReview, approvedBy(bob), change => withdraw(change, { by: bob, reason: '' }))
  const withdrawal = [{ approval: { by: bob }, why: 'withdrawn', differs: [], text: `Bob withdrew it at ${at}.` }]
  expect(summarize(withdrawn)).toMatchObject({ approvals: [], voidApprovals: withdrawal })
  expect(summarize(after(withdrawn, approvedBy(bob)))).toMatchObject({ approvals: [{ by: bob }], voidApprovals: withdrawal })
})

test('an approval whose author asked for changes afterwards is void, and the request stands in its place', () => {
  const digest = changes.inReview.review?.digest ?? ''
  const asked = after(changes.inReview, approvedBy(bob), change => requestChanges(change, { by: bob, digest, reason: 'soak longer' }))
  expect(summarize(asked)).toMatchObject({
    approvals: [],
    changesRequested: [{ by: bob, digest, reason: 'soak longer', at }],
    voidApprovals: [{ why: 'changes-requested', differs: [], text: `Bob asked for changes instead at ${at}.` }],
  })
})

test('an approval that signs off more takes the place of the one before', () => {
  const digest = changes.inReview.review?.digest ?? ''
  const signed = after(changes.inReview, approvedBy(bob), change =>
    approve(change, { by: bob, digest, comment: '', signOff: ['downgrade'] }),
  )
  expect(summarize(signed)).toMatchObject({
    approvals: [{ by: bob, signOff: ['downgrade'] }],
    voidApprovals: [{ why: 'replaced', differs: [], text: 'Bob approved again later.' }],
  })
})

test('a change that failed before its release is halted without a wave', () => {
  expect(summarize(after(changes.proposed, steps.failedInside))).toMatchObject({
    status: 'halted',
    wave: null,
    halted: { code: 'internal' },
  })
})

test('a stored event survives its schema unchanged, and a foreign one does not pass', () => {
  const event = { type: 'halted', wave: 1, reason: { code: 'drift', detail: 'a new stack' }, by: 'supersede' }
  expect(ChangeEvent.parse(JSON.parse(JSON.stringify(event)))).toEqual(event)
  expect(evolve(changes.rolling, ChangeEvent.parse(event), at).status).toBe('halted')
  expect(ChangeEvent.safeParse({ ...event, reason: { code: 'because', detail: '' } }).success).toBe(false)
})
