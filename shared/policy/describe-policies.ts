import { authorize } from './decision.ts'
import type { Freeze } from './freezes.ts'
import type { PolicySet, PolicyText } from './load-policies.ts'
import { periodText } from './period.ts'
import { UNHINDERED } from './release.ts'
import { type ReleaseContext, WORKFLOW_PRINCIPAL } from './request.ts'

type Verdict = ReleaseContext['verdict']
type Circumstances = Partial<Omit<ReleaseContext, 'verdict' | 'plan'>>

const NOBODY: ReleaseContext['approvals'] = { people: 0, members: {}, signedOff: [], changesRequested: 0 }

/** Kinds of changes that people tell apart, and the least that a verdict says of each. */
const KINDS: readonly (readonly [kind: string, verdict: Partial<Verdict>, circumstances?: Circumstances])[] = [
  ['every change', {}],
  ['a change with findings to review', { outcome: 'review', review: ['no-way-back'] }],
  ['a downgrade', { outcome: 'review', review: ['downgrade'], downgrade: true }],
  ['a change that loses fixes', { outcome: 'review', review: ['fixes-lost'], fixesLost: ['CVE-2026-0001'] }],
  ['a change that reverts functions', { outcome: 'review', review: ['functions-reverted'] }],
  ['a change in a freeze', {}, { frozen: ['a-freeze'] }],
  ['a change that is held', {}, { held: ['fleet'] }],
  ['a change that somebody wants changed', {}, { approvals: { ...NOBODY, changesRequested: 1 } }],
  ['a change with a blocking finding', { outcome: 'block', block: ['missing-callback'] }],
]

/** `needs`: what a release of this kind of change needs, beside what every change needs, in words. */
export type KindOfChange = { readonly kind: string; readonly needs: readonly string[]; readonly policies: readonly string[] }

export type PoliciesInWords = {
  readonly kinds: readonly KindOfChange[]
  /** The calendar of this fleet, a text a freeze. */
  readonly freezes: readonly string[]
  /** Who may do what, a sentence a rule. */
  readonly may: readonly PolicyText[]
  /** Rules that hold something back in circumstances that no kind names: a person, a plan, another fleet. */
  readonly others: readonly PolicyText[]
}

const NOTHING: Verdict = { outcome: 'clear', block: [], review: [], downgrade: false, fixesLost: [] }

/** Asks the policies themselves what a change that nobody has approved would need: whatever rules a team adds, their sentences come out. */
const missing = (policySet: PolicySet, fleet: string, verdict: Partial<Verdict>, circumstances: Circumstances = {}) => {
  const answer = authorize(policySet, {
    principal: WORKFLOW_PRINCIPAL,
    action: 'releaseChange',
    /* Nobody's id: no rule about a person is met by it. */
    resource: { type: 'Change', id: 'any', fleet, proposer: '' },
    context: {
      ...UNHINDERED,
      approvals: NOBODY,
      verdict: { ...NOTHING, ...verdict },
      plan: { waves: 3, firstShare: 500, soakSeconds: 3_600 },
      ...circumstances,
    },
  })
  return answer.allowed ? { needs: [], policies: [] } : { needs: answer.reasons, policies: answer.policies }
}

const calendarText = (freeze: Freeze): string => `${freeze.name}: ${periodText(freeze)}: ${freeze.reason}`

/** The policies in plain words: what a release on this fleet needs by kind of change, who may do what, what else holds back. */
export const describePolicies = (policySet: PolicySet, fleet: string): PoliciesInWords => {
  const always = missing(policySet, fleet, {})
  const kinds = KINDS.map(([kind, verdict, circumstances], index): KindOfChange => {
    const { needs, policies } = missing(policySet, fleet, verdict, circumstances)
    const isMore = (id: string): boolean => index === 0 || !always.policies.includes(id)
    return { kind, needs: needs.filter(need => index === 0 || !always.needs.includes(need)), policies: policies.filter(isMore) }
  })
  const told = new Set(kinds.flatMap(({ policies }) => policies))
  return {
    kinds,
    freezes: policySet.freezes.filter(({ fleets }) => fleets?.includes(fleet) ?? true).map(calendarText),
    may: policySet.policies.filter(({ effect }) => effect === 'permit'),
    others: policySet.policies.filter(({ effect, id }) => effect === 'forbid' && !told.has(id)),
  }
}
