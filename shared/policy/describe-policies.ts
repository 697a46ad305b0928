import { authorize } from './decision.ts'
import { type Freeze, ownedName } from './freezes.ts'
import type { PolicySet, PolicyText } from './load-policies.ts'
import { periodText } from './period.ts'
import { UNHINDERED } from './release.ts'
import { type ReleaseContext, WORKFLOW_PRINCIPAL } from './request.ts'
import { type Settings, stricterOf, tierOf, windowsOf, windowText } from './settings.ts'

type Verdict = ReleaseContext['verdict']
type Circumstances = Partial<Omit<ReleaseContext, 'verdict'>>

const NOBODY: ReleaseContext['approvals'] = { people: 0, members: {}, signedOff: [], changesRequested: 0 }

/** Kinds of changes that people tell apart, and the least that a verdict says of each. */
const PLAN: ReleaseContext['plan'] = { waves: 3, firstShare: 500, soakSeconds: 3_600 }
const KINDS: readonly (readonly [kind: string, verdict: Partial<Verdict>, circumstances?: Circumstances])[] = [
  ['every change', {}],
  ['a change with findings to review', { outcome: 'review', review: ['no-way-back'] }],
  ['a downgrade', { outcome: 'review', review: ['downgrade'], downgrade: true }],
  ['a change that loses fixes', { outcome: 'review', review: ['fixes-lost'], fixesLost: ['CVE-2026-0001'] }],
  ['a change that reverts functions', { outcome: 'review', review: ['functions-reverted'] }],
  ['a change by the route disable-then-load', { outcome: 'review', review: ['disable-then-load'] }, { route: 'disable-then-load' }],
  ['a change that wipes a livepatch of somebody else', {}, { unconsented: ['its owners'] }],
  ['a change of a production fleet', {}, { tier: 'production' }],
  ['a wide first wave on a production fleet', {}, { tier: 'production', plan: { ...PLAN, firstShare: 5_000 } }],
  ['a change in a freeze', {}, { frozen: ['a-freeze'] }],
  ['a change that is held', {}, { held: ['fleet'] }],
  ['a change that somebody wants changed', {}, { approvals: { ...NOBODY, changesRequested: 1 } }],
  [
    'a change that leaves something behind, accepted in an emergency',
    { outcome: 'review', review: ['missing-callback'], accepted: ['missing-callback:lp_2:vmlinux:post_unpatch'] },
    { unconfirmed: ['missing-callback:lp_2:vmlinux:post_unpatch'] },
  ],
  ['a change with a blocking finding', { outcome: 'block', block: ['missing-callback'] }],
]

/** `needs`: what a release of this kind of change needs, beside what every change needs, in words. */
export type KindOfChange = { readonly kind: string; readonly needs: readonly string[]; readonly policies: readonly string[] }

export type PoliciesInWords = {
  readonly kinds: readonly KindOfChange[]
  /** What the settings and the calendar say of this fleet, a text a window, freeze, stricter finding or owner. */
  readonly settings: {
    readonly tier: string
    readonly windows: readonly string[]
    readonly freezes: readonly string[]
    readonly stricter: readonly string[]
    readonly owners: readonly string[]
    readonly approvals: string
  }
  /** The fleet's own rules. */
  readonly own: readonly PolicyText[]
  /** Who may do what, a sentence a rule. */
  readonly may: readonly PolicyText[]
  /** Rules of the house that hold something back in circumstances that no kind names: a person, a plan, another fleet. */
  readonly others: readonly PolicyText[]
}

const NOTHING: Verdict = { outcome: 'clear', block: [], review: [], downgrade: false, fixesLost: [], accepted: [] }

/** Asks the policies themselves what a change that nobody has approved would need: whatever rules a team adds, their sentences come out. */
const missing = (
  policySet: PolicySet,
  fleet: string,
  verdict: Partial<Verdict>,
  circumstances: Circumstances = {},
  action: 'releaseChange' | 'openWave' = 'releaseChange',
) => {
  const answer = authorize(policySet, {
    principal: WORKFLOW_PRINCIPAL,
    action,
    /* Nobody's id: no rule about a person is met by it. */
    resource: { type: 'Change', id: 'any', fleet, proposer: '' },
    context: {
      ...UNHINDERED,
      tier: tierOf(policySet.settings, fleet),
      approvals: NOBODY,
      verdict: { ...NOTHING, ...verdict },
      plan: PLAN,
      ...circumstances,
    },
  })
  return answer.allowed ? { needs: [], policies: [] } : { needs: answer.reasons, policies: answer.policies }
}

/** The same of an edit of the policies that nobody has approved. */
const missingForEdit = (policySet: PolicySet, scope: 'house' | 'fleet', fleet: string): KindOfChange => {
  const resource = { type: 'PolicyEdit', id: 'any', fleet: scope === 'fleet' ? fleet : null, proposer: '' } as const
  const context = { approvals: NOBODY, scope }
  const answer = authorize(policySet, { principal: WORKFLOW_PRINCIPAL, action: 'enactPolicy', resource, context })
  const kind = scope === 'fleet' ? 'an edit of the fleet’s own rules' : 'an edit of the policies'
  return answer.allowed ? { kind, needs: [], policies: [] } : { kind, needs: answer.reasons, policies: answer.policies }
}

const calendarText = (freeze: Freeze): string => `${ownedName(freeze)}: ${periodText(freeze)}: ${freeze.reason}`

type Asked = ReturnType<typeof missing>
const beside = (always: Asked, { needs, policies }: Asked): Asked => ({
  needs: needs.filter(need => !always.needs.includes(need)),
  policies: policies.filter(id => !always.policies.includes(id)),
})

const kindsOf = (policySet: PolicySet, fleet: string): readonly KindOfChange[] => {
  const always = missing(policySet, fleet, {})
  const releases = KINDS.map(([kind, verdict, circumstances], index): KindOfChange => {
    const needed = missing(policySet, fleet, verdict, circumstances)
    return { kind, ...(index === 0 ? needed : beside(always, needed)) }
  })
  const outside = missing(policySet, fleet, {}, { outsideWindows: true }, 'openWave')
  const edits = [missingForEdit(policySet, 'house', fleet), missingForEdit(policySet, 'fleet', fleet)]
  return [...releases, { kind: 'a wave outside the maintenance windows', ...beside(always, outside) }, ...edits]
}

const settingsText = ({ settings, freezes }: PolicySet, fleet: string): PoliciesInWords['settings'] => ({
  tier: tierOf(settings, fleet),
  windows: windowsOf(settings, fleet).map(windowText),
  freezes: freezes.filter(({ fleets }) => fleets?.includes(fleet) ?? true).map(calendarText),
  stricter: [...stricterOf(settings, fleet)].map(([code, reason]) => `${code}: ${reason}`),
  owners: [...settings.owners.map(({ livepatch, group }) => `${livepatch}: ${group}`), `others: ${settings.ownerOfOthers}`],
  approvals: approvalsText(settings),
})

const days = (seconds: number): string => {
  const [count, unit] =
    seconds % 86_400 === 0 ? [seconds / 86_400, 'day'] : seconds % 3_600 === 0 ? [seconds / 3_600, 'hour'] : [seconds, 'second']
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}
const approvalsText = ({ approvalValidSeconds, approvalsExpireInRollout }: Settings): string => {
  if (approvalValidSeconds === undefined) return 'An approval counts as long as nothing that it was given for changes.'
  const rollout = approvalsExpireInRollout ? 'also between the waves of a released change' : 'until the change is released'
  return `An approval counts for ${days(approvalValidSeconds)}, ${rollout}.`
}

/** The policies in plain words: what a release on this fleet needs by kind of change, who may do what, what else holds back. */
export const describePolicies = (policySet: PolicySet, fleet: string): PoliciesInWords => {
  const kinds = kindsOf(policySet, fleet)
  const told = new Set(kinds.flatMap(({ policies }) => policies))
  const others = policySet.policies.filter(({ effect, id }) => effect === 'forbid' && !told.has(id))
  return {
    kinds,
    settings: settingsText(policySet, fleet),
    own: policySet.policies.filter(policy => policy.fleet === fleet),
    may: policySet.policies.filter(({ effect }) => effect === 'permit'),
    others: others.filter(policy => policy.fleet === null),
  }
}
