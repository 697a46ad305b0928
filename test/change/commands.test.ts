import { describe, expect, test } from '@jest/globals'
import {
  abort,
  approve,
  type Change,
  type ChangeEvent,
  changeDigest,
  closeReview,
  comment,
  complete,
  confirmEmergency,
  coveringVerdicts,
  currentApprovals,
  delegate,
  delegatorsOf,
  expire,
  halt,
  isTerminal,
  judge,
  type Outcome,
  openWave,
  type Person,
  propose,
  type Refusal,
  reject,
  release,
  requestChanges,
  resume,
  revise,
  revokeDelegation,
  summarize,
  viewDigest,
  withdraw,
} from '../../shared/change/index.ts'
import { authorize, planDefaults, releaseQuestion } from '../../shared/policy/index.ts'
import { housePolicies } from '../policy/house-policies.ts'
import {
  after,
  alice,
  approvedBy,
  at,
  bob,
  builtBy,
  carol,
  changes,
  clearVerdict,
  commands,
  countsOf,
  emergencyInReview,
  judgedAs,
  leave,
  POLICY,
  proposeIt,
  steps,
  verdictOf,
} from './given.ts'

type Row = readonly [sentence: string, outcome: Outcome, expected: Refusal | Partial<ChangeEvent>]
const table = (command: string, rows: readonly Row[]) =>
  describe(command, () => {
    test.each(rows)('%s', (_, outcome, expected) => {
      if (typeof expected === 'string')
        expect(outcome).toMatchObject({ ok: false, refused: expected, detail: expect.stringMatching(/\.$/) })
      else expect(outcome).toMatchObject({ ok: true, events: [expected] })
    })
  })

/** The same under a name that is no hook's. */
const played = after
const { proposed, inReview, released, rolling, soaking, betweenWaves, allPassed, halted, haltedInReview } = changes
const digest = inReview.review?.digest ?? ''
const approvedOnce = after(inReview, approvedBy(bob))
const rejudged = after(approvedOnce, judgedAs(verdictOf(['review', 'no-way-back'])))
const judgedUnder = (change: Change, policyVersion: string) => judge(change, { verdict: clearVerdict, verdictDigest: 'v', policyVersion })

table('propose', [
  ['names the change, its plan and its proposer', proposeIt(null), { type: 'proposed', id: '01JDCHANGE', proposer: alice }],
  ['refuses an id that is taken', proposeIt(proposed), 'exists'],
  [
    'refuses to go without a reason',
    propose(null, { id: 'c', fleet: 'f', livepatch: 'l', plan: planDefaults, reason: '  ', by: alice }),
    'reason-missing',
  ],
])

test('a digest names its change and fleet: of another one, with all else the same, it is another', () => {
  const bound = { livepatch: 'l', verdict: 'v', plan: planDefaults, policy: 'p' }
  const digests = [
    ['c', 'f'],
    ['d', 'f'],
    ['c', 'g'],
  ].map(([id = '', fleet = '']) => changeDigest({ id, fleet }, bound))
  expect(new Set(digests).size).toBe(3)
})

table('judge', [
  [
    'binds livepatch, verdict, plan and policy in the digest',
    judgedUnder(proposed, 'p1'),
    {
      type: 'judged',
      digest: changeDigest(proposed, { livepatch: proposed.livepatch, verdict: 'v', plan: proposed.plan, policy: 'p1' }),
      outcome: 'clear',
      downgrade: false,
    },
  ],
  [
    'blocks on a blocking finding and names each code once',
    judgedAs(verdictOf(['block', 'missing-callback'], ['block', 'missing-callback'], ['review', 'no-way-back'], ['block', 'cumulative']))(
      proposed,
    ),
    { type: 'blocked', codes: ['cumulative', 'missing-callback'] },
  ],
  ['refuses to record the same judgement twice', judgedAs(clearVerdict)(inReview), 'already-judged'],
  ['gives a new digest when the policy moved during review', judgedUnder(inReview, 'p2'), { type: 'judged' }],
  ['never judges what is released', judgedAs(clearVerdict)(released), 'already-released'],
])

const signedBy = (code: string) => (change: Change) => approve(change, { by: bob, digest, comment: '', signOff: [code] })
table('approve', [
  ['binds to the digest that was seen', approvedBy(bob)(inReview), { type: 'approved', by: bob, digest }],
  ['refuses a digest that moved', approvedBy(carol, digest)(rejudged), 'stale-digest'],
  ['refuses the proposer', approvedBy(alice)(inReview), 'own-change'],
  [
    'refuses the proposer under another name and other groups',
    approve(inReview, { by: { ...carol, id: alice.id }, digest, comment: '' }),
    'own-change',
  ],
  ['refuses the same person twice', approvedBy(bob)(approvedOnce), 'already-approved'],
  [
    'takes the same person again to sign off something by name',
    approve(approvedOnce, { by: bob, digest, comment: '', signOff: ['fixes-lost', 'fixes-lost'] }),
    { type: 'approved', by: bob, signOff: ['fixes-lost'] },
  ],
  [
    'keeps what was signed off before',
    signedBy('downgrade')(after(approvedOnce, signedBy('fixes-lost'))),
    { signOff: ['downgrade', 'fixes-lost'] },
  ],
  ['refuses to sign off the same thing twice', signedBy('fixes-lost')(after(approvedOnce, signedBy('fixes-lost'))), 'already-approved'],
  ['takes the same person again once the digest moved', approvedBy(bob)(rejudged), { type: 'approved', by: bob }],
])

const withdrawnBy = (by: Person) => (change: Change) => withdraw(change, { by, reason: 'a doubt' })
table('withdraw', [
  ['takes back one’s own approval', withdrawnBy(bob)(approvedOnce), { type: 'withdrawn', by: bob, digest, reason: 'a doubt' }],
  ['takes back nobody else’s', withdrawnBy(carol)(approvedOnce), 'nothing-to-withdraw'],
  ['takes back once', withdrawnBy(bob)(after(approvedOnce, withdrawnBy(bob))), 'nothing-to-withdraw'],
  ['takes back nothing that is void already', withdrawnBy(bob)(rejudged), 'nothing-to-withdraw'],
  ['comes too late after the release', withdrawnBy(bob)(released), 'already-released'],
  ['lets the same person approve again', approvedBy(bob)(after(approvedOnce, withdrawnBy(bob))), { type: 'approved', by: bob }],
])

const askedBy =
  (by: Person, reason = 'soak longer') =>
  (change: Change) =>
    requestChanges(change, { by, digest: change.review?.digest ?? '', reason })
const asked = after(approvedOnce, askedBy(bob))
table('request-changes', [
  ['is bound to the digest that was seen', askedBy(bob)(inReview), { type: 'changes-requested', by: bob, digest, reason: 'soak longer' }],
  ['refuses a digest that moved', requestChanges(rejudged, { by: bob, digest, reason: 'no' }), 'stale-digest'],
  ['refuses the proposer, who can revise', askedBy(alice)(inReview), 'own-change'],
  ['says what to change', askedBy(bob, ' ')(inReview), 'reason-missing'],
  ['refuses the same request twice', askedBy(bob)(asked), 'already-requested'],
  ['takes another request of the same person in its place', askedBy(bob, 'add a canary')(asked), { reason: 'add a canary' }],
  ['is taken back by its author', withdrawnBy(bob)(asked), { type: 'withdrawn', by: bob }],
  ['is taken back by nobody else', withdrawnBy(carol)(asked), 'nothing-to-withdraw'],
  ['comes too late after the release', askedBy(bob)(released), 'already-released'],
])

const answered = after(asked, approvedBy(bob))
const besideAnother = after(asked, approvedBy(carol), askedBy(bob, 'add a canary'))
const moved = after(asked, judgedAs(verdictOf(['review', 'no-way-back'])))
const withdrawnAgain = after(asked, withdrawnBy(bob))
describe('a request for changes', () => {
  const standing = (change: Change) => (change.review?.changesRequested ?? []).map(({ by, reason }) => [by.id, reason])
  test('takes the place of an approval of the same person, and an approval takes its place', () => {
    expect(standing(asked)).toEqual([['bob', 'soak longer']])
    expect(currentApprovals(asked)).toEqual([])
    expect(standing(answered)).toEqual([])
    expect(currentApprovals(answered)).toMatchObject([{ by: bob }])
  })
  test('stands beside approvals of others, one a person', () => {
    expect(standing(besideAnother)).toEqual([['bob', 'add a canary']])
    expect(currentApprovals(besideAnother)).toMatchObject([{ by: carol }])
  })
  test('falls when the digest moves, or when it is taken back', () => {
    expect(standing(moved)).toEqual([])
    expect(standing(withdrawnAgain)).toEqual([])
  })
})

const now = Date.parse(at)
const TOMORROW = '2026-11-24T12:00:00.000Z'
const erin: Person = { id: 'erin', name: 'Erin', groups: ['auditors'] }
const handedOn =
  (by: Person, to: string, until = TOMORROW, at = now) =>
  (change: Change) =>
    delegate(change, { by, to, until, at })
const onBehalf =
  (by: Person, onlyOnBehalf = true) =>
  (change: Change) =>
    approve(change, { by, digest, comment: '', onBehalf: delegatorsOf(change, by.id, now), onlyOnBehalf })
const lent = after(inReview, handedOn(carol, 'erin'))
const builtByBob = after(builtBy('bob'), judgedAs(clearVerdict))
table('what somebody built', [
  ['is not approved by them', approvedBy(bob)(builtByBob), 'own-change'],
  ['is not rejected by them', reject(builtByBob, { by: bob, digest, reason: 'no' }), 'own-change'],
  ['is not delegated by them', handedOn(bob, 'erin')(builtByBob), 'own-change'],
  ['is not delegated to them', handedOn(carol, 'bob')(builtByBob), 'delegated-to-author'],
  ['is approved by others', approvedBy(carol)(builtByBob), { type: 'approved', by: carol }],
])

table('delegate', [
  ['names whom and until when', handedOn(carol, 'erin')(inReview), { type: 'delegated', by: carol, to: 'erin', until: TOMORROW }],
  ['is not the proposer’s to do', handedOn(alice, 'erin')(inReview), 'own-change'],
  ['refuses the proposer', handedOn(carol, 'alice')(inReview), 'delegated-to-author'],
  ['refuses oneself', handedOn(carol, 'carol')(inReview), 'delegated-to-oneself'],
  ['refuses an end that is past', handedOn(carol, 'erin', at)(inReview), 'until-out-of-time'],
  ['refuses an end after the time to decide', handedOn(carol, 'erin', '2026-11-26T12:00:00.001Z')(inReview), 'until-out-of-time'],
  ['takes the very end of it', handedOn(carol, 'erin', '2026-11-26T12:00:00.000Z')(inReview), { type: 'delegated' }],
  ['refuses what is no time', handedOn(carol, 'erin', 'soon')(inReview), 'until-out-of-time'],
  ['is to one person at a time', handedOn(carol, 'dora')(lent), 'already-delegated'],
  ['is not passed on: no chains', handedOn(erin, 'dora')(lent), 'delegated-onward'],
  ['is not given back: no circles', handedOn(erin, 'carol')(lent), 'delegated-onward'],
  ['is not taken by who has given one: no circles of three', handedOn(bob, 'carol')(lent), 'delegated-onward'],
  [
    'is open again when the earlier one has ended',
    handedOn(carol, 'dora', '2026-11-25T12:00:00.000Z', Date.parse(TOMORROW))(lent),
    { to: 'dora' },
  ],
  ['is refused to who has approved, whose groups count already', handedOn(bob, 'erin')(approvedOnce), 'already-approved'],
  ['is revoked by who gave it', revokeDelegation(lent, { by: carol }), { type: 'delegation-revoked', to: 'erin' }],
  ['is revoked by nobody else', revokeDelegation(lent, { by: bob }), 'nothing-delegated'],
])

describe('an approval on behalf of somebody', () => {
  const groups = (change: Change) => currentApprovals(change).map(({ by }) => [by.id, [...by.groups].sort()])
  const byErin = played(lent, onBehalf(erin))
  const why = (change: Change) => summarize(change).voidApprovals.map(approval => [approval.approval.by.id, approval.why])

  test('counts for one person, with the groups that were lent', () => {
    expect(groups(byErin)).toEqual([['erin', ['auditors', 'security']]])
    expect(byErin.review?.approvals).toMatchObject([{ onBehalf: [{ id: 'carol' }] }])
  })
  test('can be given until the delegation ends, and stands after that', () => {
    expect(delegatorsOf(lent, 'erin', Date.parse(TOMORROW) - 1)).toMatchObject([{ id: 'carol' }])
    expect(delegatorsOf(lent, 'erin', Date.parse(TOMORROW))).toEqual([])
    expect(groups(byErin)).toHaveLength(1)
  })
  test.each([
    ['approves', approvedBy(carol)],
    ['revokes it', (change: Change) => revokeDelegation(change, { by: carol })],
    ['asks for changes', askedBy(carol)],
  ] as const)('is void when who lent the groups %s', (_, command) => {
    const taken = played(byErin, command)
    expect(groups(taken).map(([id]) => id)).not.toContain('erin')
    expect(why(taken)).toEqual([['erin', 'delegator']])
    expect(delegatorsOf(taken, 'erin', now)).toEqual([])
  })
  test('of somebody who may approve by themselves stays, with their own groups', () => {
    const byBob = played(inReview, handedOn(carol, 'bob'), onBehalf(bob, false))
    expect(groups(byBob)).toEqual([['bob', ['kernel-maintainers', 'security']]])
    expect(groups(played(byBob, approvedBy(carol)))).toEqual([
      ['bob', ['kernel-maintainers']],
      ['carol', ['security']],
    ])
  })
  test('may be given again for somebody who delegates later', () => {
    const first = played(inReview, approvedBy(bob), handedOn(carol, 'bob'))
    expect(groups(played(first, onBehalf(bob, false)))).toEqual([['bob', ['kernel-maintainers', 'security']]])
  })
  test('is asked for anew when the digest moves; the delegation goes on', () => {
    const moved = played(byErin, judgedAs(verdictOf(['review', 'no-way-back'])))
    expect(groups(moved)).toEqual([])
    expect(delegatorsOf(moved, 'erin', now)).toMatchObject([{ id: 'carol' }])
  })
})

describe('an approval that is older than policy lets it be', () => {
  const since = now + 1
  test('counts no more, is told as expired, and is renewed by approving the same digest again', () => {
    expect(currentApprovals(approvedOnce, since)).toEqual([])
    expect(summarize(approvedOnce, since)).toMatchObject({ approvals: [], voidApprovals: [{ why: 'expired', differs: [] }] })
    expect(approve(approvedOnce, { by: bob, digest, comment: '', since })).toMatchObject({ ok: true })
    expect(approve(approvedOnce, { by: bob, digest, comment: '', since: now })).toMatchObject({ refused: 'already-approved' })
  })
  test('takes what it signed off by name with it', () => {
    const signed = played(inReview, signedBy('downgrade'))
    expect(approve(signed, { by: bob, digest, comment: '', since })).not.toMatchObject({ events: [{ signOff: ['downgrade'] }] })
  })
})

const confirmed =
  (by: Person, late = 0) =>
  (change: Change) =>
    confirmEmergency(change, { by, digest: change.review?.digest ?? '', at: now + late, secondsMax: 60 })
const inEmergency = after(emergencyInReview, confirmed(bob))
const closed =
  (by: Person, text = 'it was right') =>
  (change: Change) =>
    closeReview(change, { by, text })
table('confirm', [
  ['takes a second person', confirmed(bob)(emergencyInReview), { type: 'emergency-confirmed', by: bob }],
  ['is not the proposer’s to do', confirmed(alice)(emergencyInReview), 'own-change'],
  ['wants an emergency that the proposal named', confirmed(bob)(inReview), 'no-emergency'],
  ['is bound to the digest', confirmEmergency(emergencyInReview, { by: bob, digest, at: now, secondsMax: 60 }), 'stale-digest'],
  ['is done once', confirmed(carol)(inEmergency), 'confirmed-already'],
  ['can be done until the time is over', confirmed(bob, 59_999)(emergencyInReview), { type: 'emergency-confirmed' }],
  ['comes too late then', confirmed(bob, 60_000)(emergencyInReview), 'confirmed-too-late'],
  ['comes too late after the release', confirmed(bob)(released), 'already-released'],
])
table('close-review', [
  ['wants a review that is open', closed(carol)(emergencyInReview), 'no-open-review'],
  ['is not the proposer’s to do', closed(alice)(inEmergency), 'own-emergency'],
  ['is not theirs who confirmed', closed(bob)(inEmergency), 'own-emergency'],
  ['says what came of it', closed(carol, ' ')(inEmergency), 'reason-missing'],
  ['is done by somebody else', closed(carol)(inEmergency), { type: 'review-closed', by: carol }],
  ['is done once', closed(carol)(after(inEmergency, closed(carol))), 'no-open-review'],
])

describe('an emergency', () => {
  const asked = (change: Change) => {
    const answer = authorize(housePolicies, releaseQuestion('releaseChange', housePolicies, change, clearVerdict, { now, held: [] }))
    return answer.allowed ? [] : answer.policies
  }
  test('passes what it names and nothing else, once it is confirmed', () => {
    expect(asked(played(emergencyInReview, approvedBy(bob)))).toEqual(['two-people'])
    expect(asked(inEmergency)).toEqual(['one-kernel-maintainer'])
    expect(asked(played(inEmergency, approvedBy(bob)))).toEqual([])
  })
  test('is bound by the digest and shown in the view', () => {
    expect(emergencyInReview.review?.bound).toMatchObject({ breakGlass: { incident: 'INC-1', passes: ['two-people'] } })
    expect(viewDigest({ ...emergencyInReview, breakGlass: null })).not.toBe(viewDigest(emergencyInReview))
  })
  test('has to be confirmed anew when the digest moves, and its review stays open', () => {
    const moved = played(inEmergency, judgedAs(verdictOf(['review', 'no-way-back'])))
    expect(summarize(moved)).toMatchObject({ confirmation: null, afterReview: 'open' })
  })
  test('leaves a review open that outlives the change, and is closed without moving anything', () => {
    const ended = played(inEmergency, change => abort(change, { by: carol, reason: '' }))
    expect(summarize(ended)).toMatchObject({ status: 'aborted', afterReview: 'open' })
    expect(summarize(played(ended, closed(carol)))).toMatchObject({
      ...{ status: 'aborted', afterReview: 'closed' },
      afterReviewClosed: { by: carol, text: 'it was right' },
    })
  })
  test('that nobody confirmed leaves no review', () => {
    expect(summarize(emergencyInReview)).toMatchObject({ confirmation: null, afterReview: null })
  })
})

const view = viewDigest(inReview) ?? ''
table('what was seen', [
  ['is recorded with an approval', approve(inReview, { by: bob, digest, comment: '', seen: view }), { type: 'approved', seen: view }],
  ['is recorded with a rejection', reject(inReview, { by: bob, digest, reason: 'no', seen: view }), { type: 'rejected', seen: view }],
  ['is recorded with a request', requestChanges(inReview, { by: bob, digest, reason: 'no', seen: view }), { seen: view }],
  ['is refused where it is not what is there', approve(inReview, { by: bob, digest, comment: '', seen: 'f'.repeat(64) }), 'stale-view'],
  ['is refused of a rejection, too', reject(inReview, { by: bob, digest, reason: 'no', seen: digest }), 'stale-view'],
  ['is refused of a request, too', requestChanges(inReview, { by: bob, digest, reason: 'no', seen: digest }), 'stale-view'],
])

describe('the view', () => {
  test('is nothing before there is a verdict, and absent from the word of who does not name it', () => {
    expect(viewDigest(proposed)).toBeNull()
    expect(currentApprovals(approvedOnce)).toMatchObject([{ seen: null }])
  })
  test.each<[string, Change]>([
    ['another change', { ...inReview, id: 'other' }],
    ['another fleet', { ...inReview, fleet: 'other' }],
    ['another reason', { ...inReview, reason: 'other' }],
    ['another proposer', { ...inReview, proposer: carol }],
    ['another verdict', rejudged],
  ])('is another one for %s', (_, other) => {
    expect(viewDigest(other)).not.toBe(view)
  })
  test('stays while people decide and the proposer’s groups change', () => {
    expect(viewDigest(approvedOnce)).toBe(view)
    expect(viewDigest({ ...inReview, proposer: { ...alice, groups: [] } })).toBe(view)
  })
})

const VERDICT = 'digest of clear'
const slower = { ...planDefaults, soakSeconds: 86_400 }
const revisedBy =
  (by: Person, moved: Partial<Parameters<typeof revise>[1]> = {}) =>
  (change: Change) =>
    revise(change, {
      ...{ id: 'r1', by, digest: change.review?.digest ?? '', plan: null, reason: 'stacks moved' },
      ...{ verdict: clearVerdict, verdictDigest: VERDICT, policyVersion: POLICY, ...moved },
    })
const replanned = after(approvedOnce, revisedBy(alice, { plan: slower }))
const andBack = after(replanned, revisedBy(alice, { plan: planDefaults }))
table('revise', [
  ['refuses where nothing moved', revisedBy(alice)(inReview), 'nothing-moved'],
  ['refuses the plan that it has', revisedBy(alice, { plan: planDefaults })(inReview), 'nothing-moved'],
  ['refuses a digest that moved', revisedBy(alice, { digest: 'd', plan: slower })(inReview), 'stale-digest'],
  ['says why', revisedBy(alice, { plan: slower, reason: ' ' })(inReview), 'reason-missing'],
  ['comes too late after the release', revisedBy(alice, { plan: slower })(released), 'already-released'],
  ['waits for the first verdict', revisedBy(alice, { plan: slower })(proposed), 'not-judged'],
])

describe('a revision', () => {
  test.each([
    ['verdict', { verdictDigest: 'another' }],
    ['plan', { plan: slower }],
    ['policy', { policyVersion: 'p2' }],
  ] as const)('on another %s gives a new digest, voids approvals and says what differs', (part, moved) => {
    const revised = played(approvedOnce, revisedBy(alice, moved))
    expect(revised.review?.digest).not.toBe(digest)
    expect(summarize(revised)).toMatchObject({ status: 'in-review', approvals: [], voidApprovals: [{ why: 'moved', differs: [part] }] })
  })

  test('that goes back to what was approved brings no approval back to life', () => {
    expect(andBack.plan).toEqual(planDefaults)
    expect(andBack.review?.digest).not.toBe(digest)
    expect(summarize(andBack)).toMatchObject({
      approvals: [],
      voidApprovals: [{ differs: [], text: expect.stringContaining('it was revised since Bob approved') }],
    })
  })

  test('whose verdict blocks ends the change, in the same commit', () => {
    const blocking = verdictOf(['block', 'missing-callback'])
    const outcome = revisedBy(alice, { verdict: blocking, verdictDigest: 'b' })(approvedOnce)
    expect(outcome).toMatchObject({ ok: true, events: [{ type: 'revised' }, { type: 'blocked', codes: ['missing-callback'] }] })
    expect(played(approvedOnce, () => outcome).status).toBe('blocked')
  })

  test('makes a decider of nobody who gave it another plan; judging again alone does not', () => {
    const byBob = played(inReview, revisedBy(bob, { plan: slower }))
    for (const say of [approvedBy(bob), askedBy(bob)]) expect(say(byBob)).toMatchObject({ refused: 'own-change' })
    expect(approvedBy(bob)(played(byBob, revisedBy(alice, { plan: planDefaults })))).toMatchObject({ refused: 'own-change' })
    expect(approvedBy(bob)(played(inReview, revisedBy(bob, { verdictDigest: 'v2' }))).ok).toBe(true)
  })

  test('comes a hundred times at most', () => {
    const plans = Array.from({ length: 100 }, (_, index) => revisedBy(alice, { plan: { ...planDefaults, soakSeconds: 1 + index } }))
    expect(revisedBy(alice)(played(inReview, ...plans))).toMatchObject({ refused: 'too-many-revisions' })
  })
})

table('comment', [
  [
    'is open to the proposer, too',
    comment(inReview, { id: 'r', by: alice, text: 'see the log' }),
    { type: 'commented', text: 'see the log' },
  ],
  ['says something', comment(rolling, { id: 'r', by: carol, text: ' \n' }), 'comment-missing'],
  ['ends with the change', comment(changes.completed, { id: 'r', by: carol, text: 'nice' }), 'ended'],
])

test('a comment moves nothing', () => {
  for (const change of Object.values(changes)) if (!isTerminal(change.status)) expect(after(change, commands.comment)).toEqual(change)
})

table('reject', [
  ['declines with the reason', reject(inReview, { by: bob, digest, reason: 'not now' }), { type: 'rejected', reason: 'not now' }],
  ['refuses a digest that moved', reject(rejudged, { by: bob, digest, reason: 'no' }), 'stale-digest'],
  ['refuses the proposer, who can abort', reject(inReview, { by: alice, digest, reason: 'no' }), 'own-change'],
  ['refuses to go without a reason', reject(inReview, { by: bob, digest, reason: '' }), 'reason-missing'],
])

table('release', [
  [
    'releases the digest that policy decided on, and keeps the policies',
    release(inReview, { digest, decision: leave }),
    { type: 'released', digest, policies: ['lifecycle-moves'] },
  ],
  ['refuses when the digest moved after the decision', release(rejudged, { digest, decision: leave }), 'stale-digest'],
  [
    'refuses a decision under another policy than the one approved under',
    release(
      after(proposed, change => judgedUnder(change, 'older')),
      {
        digest: changeDigest(proposed, { livepatch: proposed.livepatch, verdict: 'v', plan: proposed.plan, policy: 'older' }),
        decision: leave,
      },
    ),
    'policy-changed',
  ],
  ['refuses a leave to do something else', release(inReview, { digest, decision: { ...leave, action: 'openWave' } }), 'no-leave'],
])

table('expire', [
  [
    'declines and says what was still missing',
    expire(inReview, { missing: ['approvals of two different people'] }),
    { type: 'expired', detail: 'Not decided within 259200 s. Still missing: approvals of two different people.' },
  ],
])

const open = (change: Change, wave: number) => openWave(change, { wave, directiveVersion: 9 })
table('openWave', [
  ['opens the first wave with its share', open(released, 0), { type: 'wave-opened', wave: 0, share: 500, directiveVersion: 9 }],
  ['refuses to open a wave twice', open(rolling, 0), 'already-open'],
  ['says the same of a wave that soaks', open(soaking, 0), 'already-open'],
  ['refuses to skip a wave', open(released, 1), 'out-of-order'],
  ['refuses the next wave while one is open', open(rolling, 1), 'out-of-order'],
  ['opens the next wave when one has passed', open(betweenWaves, 1), { type: 'wave-opened', wave: 1, share: 5_000 }],
  ['refuses to go back to a wave that has passed', open(betweenWaves, 0), 'out-of-order'],
  [
    'opens a held wave again after a resume',
    open(
      after(halted, change => resume(change, { by: bob })),
      0,
    ),
    { type: 'wave-opened', wave: 0 },
  ],
  ['refuses when every wave has passed', open(allPassed, 3), 'no-wave-left'],
])

const again = { verdict: 'newer', cohorts: ['c'], hosts: 2, worse: [] }
const openUnder = (worse: readonly string[]) => (change: Change) =>
  openWave(change, { wave: 0, directiveVersion: 9, rejudged: { ...again, worse } })

/** `after` by another name, since inside a description that is the name of a hook. */
const reached = after
describe('stacks that nobody judged before a wave', () => {
  test('are recorded with the wave that goes on under a newer verdict, which covers them beside the approved one', () => {
    expect(openUnder([])(released)).toMatchObject({
      ok: true,
      events: [
        { type: 'rejudged', ...again },
        { type: 'wave-opened', wave: 0 },
      ],
    })
    const rolled = reached(released, openUnder([]))
    expect(coveringVerdicts(rolled)).toEqual([released.review?.bound.verdict, 'newer'])
    expect(rolled.review).toEqual(released.review)
    expect(coveringVerdicts(reached(rolled, steps.filled(0), steps.passed(0), steps.opened(1)))).toEqual(coveringVerdicts(rolled))
  })

  test('open no wave where it is worse, and are recorded with the halt', () => {
    expect(openUnder(['it would be a downgrade'])(released)).toMatchObject({ ok: false, refused: 'worse' })
    const rejudged = { ...again, worse: ['it would be a downgrade'] }
    const held = reached(released, change => halt(change, { code: 'drift', detail: 'd', rejudged }))
    expect(summarize(held)).toMatchObject({ status: 'halted', rejudged: { ...rejudged, at: expect.any(String) } })
    expect(coveringVerdicts(held)).toEqual([released.review?.bound.verdict])
  })
})

table('fillWave', [
  ['records the counts', steps.filled(0)(rolling), { type: 'wave-filled', wave: 0, counts: countsOf(2) }],
  ['fills a wave once', steps.filled(0)(soaking), 'wave-not-open'],
  ['refuses a wave that the plan has not', steps.filled(7)(rolling), 'wave-not-open'],
])

table('passWave', [
  ['passes a soaked wave', steps.passed(0)(soaking), { type: 'wave-passed', wave: 0 }],
  ['passes a wave whose time is up', steps.passed(0)(rolling), { type: 'wave-passed', wave: 0 }],
  ['passes a wave once', steps.passed(0)(betweenWaves), 'wave-not-open'],
])

table('pause', [
  ['holds the open wave', steps.paused(rolling), { type: 'halted', wave: 0, reason: { code: 'paused', detail: 'lunch' }, by: 'carol' }],
  ['holds between waves', steps.paused(betweenWaves), { type: 'halted', wave: null }],
  ['refuses before the release', steps.paused(inReview), 'not-released'],
  ['refuses twice', steps.paused(halted), 'already-halted'],
])

table('halt', [
  ['holds what fails before its release, too', steps.failedInside(proposed), { type: 'halted', wave: null, by: 'supersede' }],
  ['refuses on a change that is held', steps.failedInside(halted), 'already-halted'],
])

table('resume', [
  ['goes on', resume(halted, { by: bob }), { type: 'resumed', by: bob }],
  ['refuses what was never released', resume(haltedInReview, { by: bob }), 'never-released'],
])

table('abort', [
  ['keeps the reason', abort(rolling, { by: carol, reason: 'smoke' }), { type: 'aborted', by: carol, reason: 'smoke' }],
  ['needs none', abort(halted, { by: carol, reason: '' }), { type: 'aborted', reason: 'no reason given' }],
])

table('complete', [
  ['ends a change whose waves have all passed', complete(allPassed, { counts: countsOf(40) }), { type: 'completed' }],
  ['refuses while a wave is left', complete(betweenWaves, { counts: countsOf(2) }), 'waves-left'],
])
