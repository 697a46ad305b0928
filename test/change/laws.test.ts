import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  abort,
  approve,
  type Change,
  type ChangeEvent,
  type COMMANDS,
  comment,
  complete,
  currentApprovals,
  delegate,
  delegatorsOf,
  evolve,
  expire,
  fillWave,
  halt,
  isTerminal,
  judge,
  nextWave,
  type Outcome,
  openShare,
  openWave,
  passWave,
  pause,
  reject,
  release,
  replay,
  requestChanges,
  resume,
  revise,
  revokeDelegation,
  TRANSITIONS,
  withdraw,
} from '../../shared/change/index.ts'
import { alice, at, bob, carol, changes, clearVerdict, commands, countsOf, leave, POLICY, verdictOf } from './given.ts'

type Step = { readonly name: (typeof COMMANDS)[number]; readonly run: (change: Change) => Outcome }
const wave = fc.nat(3)
const erin = { id: 'erin', name: 'Erin', groups: [] }
const person = fc.constantFrom(alice, bob, carol, erin)
const verdict = fc.constantFrom(clearVerdict, verdictOf(['review', 'no-way-back']))
/** Present digests often, others sometimes. */
const digestOf = (change: Change, stale: boolean) => (stale ? 'stale' : (change.review?.digest ?? 'none'))
const rarely = fc.boolean().chain(first => (first ? fc.boolean() : fc.constant(false)))

const step: fc.Arbitrary<Step> = fc.oneof(
  verdict.map(
    (found): Step => ({
      name: 'judge',
      run: change => judge(change, { verdict: found, verdictDigest: found.outcome, policyVersion: POLICY }),
    }),
  ),
  fc.tuple(person, verdict, fc.constantFrom(null, 60, 600)).map(
    ([by, found, soakSeconds]): Step => ({
      name: 'revise',
      run: change =>
        revise(change, {
          ...{ id: 'r', by, digest: digestOf(change, false), reason: 'moved' },
          ...{ verdict: found, verdictDigest: found.outcome, policyVersion: POLICY },
          plan: soakSeconds === null ? null : { ...change.plan, soakSeconds },
        }),
    }),
  ),
  fc.tuple(person, rarely).map(
    ([by, stale]): Step => ({
      name: 'approve',
      run: change =>
        approve(change, {
          ...{ by, digest: digestOf(change, stale), comment: '' },
          ...{ onBehalf: delegatorsOf(change, by.id, Date.parse(at)), onlyOnBehalf: by.id === 'erin' },
        }),
    }),
  ),
  fc.tuple(person, rarely).map(
    ([by, stale]): Step => ({
      name: 'requestChanges',
      run: change => requestChanges(change, { by, digest: digestOf(change, stale), reason: 'soak longer' }),
    }),
  ),
  fc.tuple(person, person).map(
    ([by, { id: to }]): Step => ({
      name: 'delegate',
      run: change => delegate(change, { by, to, until: '2026-11-24T12:00:00.000Z', at: Date.parse(at) }),
    }),
  ),
  person.map((by): Step => ({ name: 'revokeDelegation', run: change => revokeDelegation(change, { by }) })),
  person.map((by): Step => ({ name: 'withdraw', run: change => withdraw(change, { by, reason: '' }) })),
  person.map((by): Step => ({ name: 'comment', run: change => comment(change, { id: 'r', by, text: 'hm' }) })),
  fc.tuple(rarely, rarely).map(
    ([stale, really]): Step => ({
      name: 'reject',
      run: change => reject(change, { by: bob, digest: digestOf(change, stale || !really), reason: 'no' }),
    }),
  ),
  rarely.map((stale): Step => ({ name: 'release', run: change => release(change, { digest: digestOf(change, stale), decision: leave }) })),
  wave.map((index): Step => ({ name: 'openWave', run: change => openWave(change, { wave: index, directiveVersion: index }) })),
  fc.constant<Step>({ name: 'openWave', run: change => openWave(change, { wave: nextWave(change) ?? 0, directiveVersion: 1 }) }),
  wave.map((index): Step => ({ name: 'fillWave', run: change => fillWave(change, { wave: index, counts: countsOf(index) }) })),
  wave.map((index): Step => ({ name: 'passWave', run: change => passWave(change, { wave: index, counts: countsOf(index) }) })),
  person.map((by): Step => ({ name: 'pause', run: change => pause(change, { by, reason: '' }) })),
  fc.constant<Step>({ name: 'halt', run: change => halt(change, { code: 'budget-exceeded', detail: 'three failed' }) }),
  person.map((by): Step => ({ name: 'resume', run: change => resume(change, { by }) })),
  fc.constant<Step>({ name: 'complete', run: change => complete(change, { counts: countsOf(1) }) }),
)
/** Ends come seldom, or every history would be short. */
const ending: fc.Arbitrary<Step> = fc.constantFrom<Step>(
  { name: 'abort', run: change => abort(change, { by: carol, reason: 'stop' }) },
  { name: 'expire', run: change => expire(change, { missing: [] }) },
)
const history = fc.array(fc.oneof({ arbitrary: step, weight: 40 }, { arbitrary: ending, weight: 1 }), { maxLength: 60 })

/** From anywhere in the lifecycle, so that its late parts are walked as often as its beginning. */
const start = fc.constantFrom(...Object.values(changes))

type Trace = readonly { readonly step: Step; readonly before: Change; readonly outcome: Outcome; readonly after: Change }[]
const play = (from: Change, steps: readonly Step[]): Trace => {
  let change = from
  return steps.map(step => {
    const before = change
    const outcome = step.run(before)
    if (outcome.ok) change = outcome.events.reduce((state, event) => evolve(state, event, at), before)
    return { step, before, outcome, after: change }
  })
}
const law = (sentence: string, holds: (trace: Trace, from: Change) => void) =>
  test(sentence, () =>
    fc.assert(
      fc.property(start, history, (from, steps) => holds(play(from, steps), from)),
      { numRuns: 300 },
    ),
  )

describe('every history of a change', () => {
  law('goes only where the transition table leads', trace => {
    for (const { step, before, outcome, after } of trace) {
      const transition = TRANSITIONS[before.status][step.name]
      if ('refused' in transition) expect(outcome).toMatchObject({ ok: false, refused: transition.refused })
      else if (outcome.ok) expect(transition.to).toContain(after.status)
    }
  })

  law('is not moved by what is refused, nor in place by what is not', trace => {
    for (const { step, before } of trace) {
      const copy = structuredClone(before)
      step.run(before)
      expect(before).toEqual(copy)
    }
  })

  law('stays at its end once it has one', trace => {
    const end = trace.findIndex(({ after }) => isTerminal(after.status))
    if (end < 0) return
    for (const { outcome, after } of trace.slice(end + 1)) {
      expect(outcome).toMatchObject({ ok: false, refused: 'ended' })
      expect(after).toBe(trace[end]?.after)
    }
  })

  law('replays from its events to the same change, commit by commit or all at once', (trace, from) => {
    const events: ChangeEvent[] = trace.flatMap(({ outcome }) => (outcome.ok ? [...outcome.events] : []))
    const end = trace.at(-1)?.after ?? from
    expect(replay([{ at, events }], from)).toEqual(end)
    expect(
      replay(
        events.map(event => ({ at, events: [event] })),
        from,
      ),
    ).toEqual(end)
  })

  law('counts no approval of another digest, of the proposer, that was withdrawn, or of one person twice', trace => {
    for (const { after } of trace) {
      const counting = currentApprovals(after)
      expect(
        counting.every(
          approval => approval.digest === after.review?.digest && approval.by.id !== alice.id && approval.withdrawnAt === null,
        ),
      ).toBe(true)
      expect(new Set(counting.map(approval => approval.by.id)).size).toBe(counting.length)
    }
  })

  law('counts nobody’s groups twice, and lets no delegation reach the proposer or go on', trace => {
    for (const { after } of trace) {
      const spoken = currentApprovals(after).flatMap(({ by, onBehalf, own }) => [
        ...(own === null ? [] : [by.id]),
        ...onBehalf.map(({ id }) => id),
      ])
      expect(new Set(spoken).size).toBe(spoken.length)
      const live = (after.review?.delegations ?? []).filter(({ endedAt }) => endedAt === null)
      const givers = live.map(({ from }) => from.id)
      expect(new Set(givers).size).toBe(givers.length)
      for (const { to } of live) expect([alice.id, ...givers]).not.toContain(to)
    }
  })

  law('never comes back to a digest that it left, so that nothing said on it counts again', trace => {
    const digests = trace.map(({ after }) => after.review?.digest)
    const moves = digests.filter((digest, index) => index === 0 || digest !== digests[index - 1])
    expect(new Set(moves).size).toBe(moves.length)
  })

  law('lets nobody say yes and ask for changes at once, nor the proposer ask', trace => {
    for (const { after } of trace) {
      const asking = (after.review?.changesRequested ?? []).map(({ by }) => by.id)
      expect(new Set(asking).size).toBe(asking.length)
      expect(asking).not.toContain(alice.id)
      for (const { by } of currentApprovals(after)) expect(asking).not.toContain(by.id)
      for (const { digest } of after.review?.changesRequested ?? []) expect(digest).toBe(after.review?.digest)
    }
  })

  law('opens waves in order, one at a time, and never takes a share back', trace => {
    for (const { before, after } of trace) {
      const states = (after.rollout?.waves ?? []).map(({ state }) => state)
      const unpassed = states.findIndex(state => state !== 'passed')
      expect(states.slice(unpassed + 1).every(state => unpassed < 0 || state === 'waiting')).toBe(true)
      expect(openShare(after)).toBeGreaterThanOrEqual(openShare(before))
    }
  })

  law('opens no wave before its release', trace => {
    for (const { after } of trace) if (after.rollout === null) expect(openShare(after)).toBe(0)
  })
})

test('abort wins from every place that is not an end', () => {
  for (const change of Object.values(changes)) expect(commands.abort(change).ok).toBe(!isTerminal(change.status))
})

describe('evolve refuses histories that no command wrote', () => {
  const broken: readonly (readonly [string, Change | null, ChangeEvent])[] = [
    ['an event before the proposal', null, { type: 'resumed', by: bob }],
    ['a second proposal', changes.proposed, { ...changes.proposed, builder: undefined, breakGlass: undefined, type: 'proposed' }],
    ['an approval before the judgement', changes.proposed, { type: 'approved', by: bob, digest: 'd', comment: '' }],
    ['a wave that the plan has not', changes.released, { type: 'wave-opened', wave: 9, share: 100, directiveVersion: 1 }],
    ['a halt after the end', changes.completed, { type: 'halted', wave: null, reason: { code: 'drift', detail: '' }, by: 'supersede' }],
    ['a resume of what runs', changes.rolling, { type: 'resumed', by: bob }],
    ['a new verdict on what hosts do not act on', changes.inReview, { type: 'rejudged', verdict: 'v', cohorts: [], hosts: 0, worse: [] }],
    ['a block of what hosts act on', changes.rolling, { type: 'blocked', verdict: 'v', codes: [] }],
  ]
  test.each(broken)('%s', (_, change, event) => {
    expect(() => evolve(change, event, at)).toThrow(/^change: /)
  })
})
