import {
  abort,
  approve,
  type Change,
  type CommandName,
  comment,
  complete,
  confirmEmergency,
  delegate,
  evolve,
  expire,
  fillWave,
  halt,
  judge,
  type Outcome,
  openWave,
  type Person,
  passWave,
  pause,
  propose,
  reject,
  release,
  requestChanges,
  resume,
  revise,
  revokeDelegation,
  type WaveCounts,
  withdraw,
} from '../../shared/change/index.ts'
import { authorize, changeResource, planDefaults, releaseContext } from '../../shared/policy/index.ts'
import type { Verdict } from '../../shared/verdict/index.ts'
import { housePolicies } from '../policy/house-policies.ts'

export const alice: Person = { id: 'alice', name: 'Alice', groups: ['kernel-maintainers', 'operators'] }
export const bob: Person = { id: 'bob', name: 'Bob', groups: ['kernel-maintainers'] }
export const carol: Person = { id: 'carol', name: 'Carol', groups: ['security'] }

export const POLICY = housePolicies.version
export const at = '2026-11-23T12:00:00.000Z'

export const clearVerdict: Verdict = {
  schema: 'supersede.verdict/1',
  livepatch: 'a'.repeat(64),
  outcome: 'clear',
  cohorts: [],
  findings: [],
  ruleSets: {},
}
export const verdictOf = (...found: readonly (readonly ['block' | 'review', string])[]): Verdict => ({
  ...clearVerdict,
  outcome: found.some(([severity]) => severity === 'block') ? 'block' : found.length > 0 ? 'review' : 'clear',
  findings: found.map(([severity, code]) => ({ code, severity, cohort: null, message: code, evidence: {}, remedy: 'none' })),
})

export const countsOf = (applied: number, pending = 0): WaveCounts => ({
  hosts: applied + pending,
  applied,
  failed: 0,
  stalled: 0,
  silent: 0,
  pending,
})

/** Folds what commands answered; a refusal here is a fault of the test. */
export const after = (change: Change | null, ...outcomes: readonly ((change: Change) => Outcome)[]): Change => {
  const start = change ?? fold(null, proposeIt(null))
  return outcomes.reduce((state, command) => fold(state, command(state)), start)
}
const fold = (change: Change | null, outcome: Outcome): Change => {
  if (!outcome.ok) throw new Error(`refused: ${outcome.refused}`)
  const next = outcome.events.reduce<Change | null>((state, event) => evolve(state, event, at), change)
  if (next === null) throw new Error('no change came out')
  return next
}

export const proposeIt = (change: Change | null) => proposeBuiltBy(alice.id)(change)
/** Proposed by alice; its livepatch was submitted by somebody. */
export const builtBy = (builder: string): Change => fold(null, proposeBuiltBy(builder)(null))
const proposeBuiltBy = (builder: string) => (change: Change | null) =>
  propose(change, {
    id: '01JDCHANGE',
    fleet: 'edge',
    livepatch: 'a'.repeat(64),
    plan: planDefaults,
    reason: 'CVE-2026-0001',
    by: alice,
    builder,
  })
export const judgedAs = (verdict: Verdict) => (change: Change) =>
  judge(change, { verdict, verdictDigest: `digest of ${verdict.outcome}`, policyVersion: POLICY })
export const approvedBy =
  (by: Person, digest?: string) =>
  (change: Change): Outcome =>
    approve(change, { by, digest: digest ?? change.review?.digest ?? '', comment: 'fine' })

/** Releases as the lifecycle does: the policies are asked, their leave is used. */
export const releasedUnder =
  (verdict: Verdict) =>
  (change: Change): Outcome => {
    const answer = authorize(housePolicies, {
      principal: { type: 'Workflow' },
      action: 'releaseChange',
      resource: changeResource(change),
      context: releaseContext(housePolicies, change, verdict, { now: 0, held: [] }),
    })
    if (!answer.allowed) throw new Error(answer.reasons.join())
    return release(change, { digest: change.review?.digest ?? '', decision: answer.decision })
  }
const releasedIt = releasedUnder(clearVerdict)
const opened = (wave: number) => (change: Change) => openWave(change, { wave, directiveVersion: wave + 1 })
const filled = (wave: number) => (change: Change) => fillWave(change, { wave, counts: countsOf(2) })
const passed = (wave: number) => (change: Change) => passWave(change, { wave, counts: countsOf(2) })
const paused = (change: Change) => pause(change, { by: carol, reason: 'lunch' })
const failedInside = (change: Change) => halt(change, { code: 'internal', detail: 'a task failed' })
export const steps = { opened, filled, passed, paused, failedInside }

const proposed = after(null)
const inReview = after(proposed, judgedAs(clearVerdict))
const released = after(inReview, approvedBy(bob), approvedBy(carol), releasedIt)
const rolling = after(released, opened(0))
const waves = [0, 1, 2].flatMap(wave => [opened(wave), filled(wave), passed(wave)])
const allPassed = after(released, ...waves)

/** One change in every status, and the places within a status that commands tell apart. */
export const changes = {
  proposed,
  inReview,
  released,
  rolling,
  soaking: after(rolling, filled(0)),
  betweenWaves: after(rolling, filled(0), passed(0)),
  allPassed,
  halted: after(rolling, paused),
  haltedInReview: after(inReview, failedInside),
  blocked: after(proposed, judgedAs(verdictOf(['block', 'missing-callback']))),
  declined: after(inReview, change => reject(change, { by: bob, digest: change.review?.digest ?? '', reason: 'not now' })),
  aborted: after(rolling, change => abort(change, { by: carol, reason: 'no' })),
  completed: after(allPassed, change => complete(change, { counts: countsOf(40) })),
} satisfies Record<string, Change>

/** In review, with an emergency that passes the second approval. */
export const emergencyInReview = after(
  fold(
    null,
    propose(null, {
      ...{ id: '01JDEMERGENCY', fleet: 'edge', livepatch: 'a'.repeat(64), plan: planDefaults, reason: 'CVE-2026-0001', by: alice },
      breakGlass: { incident: 'INC-1', reason: 'it is exploited', passes: ['two-people'] },
    }),
  ),
  judgedAs(clearVerdict),
)

const presentDigest = (change: Change): string => change.review?.digest ?? 'none'
const anyDecision = () => {
  const answer = authorize(housePolicies, {
    principal: { type: 'Workflow' },
    action: 'releaseChange',
    resource: changeResource(changes.inReview),
    context: releaseContext(housePolicies, after(inReview, approvedBy(bob), approvedBy(carol)), clearVerdict, { now: 0, held: [] }),
  })
  if (!answer.allowed) throw new Error('the house rules moved')
  return answer.decision
}
export const leave = anyDecision()

/** Every command with arguments that nothing but the status can refuse. */
export const commands: Readonly<Record<CommandName, (change: Change) => Outcome>> = {
  judge: change => judge(change, { verdict: clearVerdict, verdictDigest: 'another', policyVersion: POLICY }),
  revise: change =>
    revise(change, {
      ...{ id: 'r1', by: alice, digest: presentDigest(change), plan: null, reason: 'stacks moved' },
      ...{ verdict: clearVerdict, verdictDigest: 'another', policyVersion: POLICY },
    }),
  approve: change => approve(change, { by: bob, digest: presentDigest(change), comment: '' }),
  requestChanges: change => requestChanges(change, { by: bob, digest: presentDigest(change), reason: 'soak longer' }),
  reject: change => reject(change, { by: bob, digest: presentDigest(change), reason: 'no' }),
  release: change => release(change, { digest: presentDigest(change), decision: leave }),
  expire: change => expire(change, { missing: ['two people'] }),
  openWave: change => openWave(change, { wave: change.status === 'released' ? 0 : 1, directiveVersion: 7 }),
  fillWave: filled(0),
  passWave: passed(0),
  pause: paused,
  halt: failedInside,
  resume: change => resume(change, { by: alice }),
  abort: change => abort(change, { by: carol, reason: '' }),
  complete: change => complete(change, { counts: countsOf(40) }),
  confirm: change => confirmEmergency(change, { by: bob, digest: presentDigest(change), at: Date.parse(at), secondsMax: 60 }),
  delegate: change => delegate(change, { by: carol, to: 'dora', until: '2026-11-24T12:00:00.000Z', at: Date.parse(at) }),
  revokeDelegation: change => revokeDelegation(change, { by: carol }),
  withdraw: change => withdraw(change, { by: bob, reason: '' }),
  comment: change => comment(change, { id: 'r1', by: alice, text: 'hm' }),
}
