import * as z from 'zod'
import { Route } from '../rollout/index.ts'
import { countingApprovals, tallyOf } from './counting-approvals.ts'
import { authorize } from './decision.ts'
import { freezesInForce } from './freezes.ts'
import { HOLD_SCOPES } from './hold.ts'
import type { PolicySet } from './load-policies.ts'
import { PolicyError } from './policy-texts.ts'
import {
  ACTIONS,
  DECISIONS,
  EDIT_DECISIONS,
  HOUSE,
  type Principal,
  type ReleaseContext,
  type Request,
  type Resource,
  WORKFLOW_PRINCIPAL,
} from './request.ts'
import { isOutsideWindows, tierOf } from './settings.ts'

const names = z.array(z.string()).default([])
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/
const Instant = z.string().refine(at => INSTANT.test(at) && !Number.isNaN(Date.parse(at)), 'written as 2026-12-01T18:00Z')
const Approval = z.strictObject({ by: z.string(), groups: names, signOff: names })
/** Without a fleet: an edit that touches the house. */
const OnEdit = z.strictObject({ edit: z.string(), fleet: z.string().nullable().default(null), proposer: z.string() })
const OnHold = z.strictObject({
  hold: z.string().default('case'),
  owner: z.string(),
  scope: z.enum(HOLD_SCOPES).default('livepatch'),
  fleet: z.string().optional(),
})
const OnChange = z.strictObject({
  change: z.string().default('case'),
  fleet: z.string(),
  proposer: z.string(),
  /** Who submitted the livepatch; left out: nobody knows. */
  builder: z.string().optional(),
})

/** One case: who does what on what, in which circumstances, and what is expected of the policies. */
export const PolicyCase = z.strictObject({
  name: z.string().min(1),
  who: z.union([z.literal('lifecycle'), z.strictObject({ person: z.string(), groups: names })]),
  what: z.enum(ACTIONS),
  on: z
    .union([z.literal('house'), OnEdit, OnChange, OnHold, z.strictObject({ fleet: z.string() }), z.strictObject({ patch: z.string() })])
    .default('house'),
  /** Of approveChange and decidePolicyEdit. */
  decision: z.enum(DECISIONS).optional(),
  /** Of clearTransition: who submitted the livepatch. */
  author: z.string().optional(),
  /** Of controlChange. */
  command: z.enum(['pause', 'resume', 'abort']).optional(),
  /** Of placeHold. */
  scope: z.enum(HOLD_SCOPES).optional(),
  /** Of releaseChange, openWave and enactPolicy; `verdict`, `plan` and so on of the first two. The proposer's own count nothing, as ever. */
  approvals: z.array(Approval).default([]),
  verdict: z
    .strictObject({
      outcome: z.enum(['block', 'review', 'note', 'clear']),
      block: names,
      review: names,
      downgrade: z.boolean().default(false),
      fixesLost: names,
      accepted: names,
    })
    .default({ outcome: 'clear', block: [], review: [], downgrade: false, fixesLost: [], accepted: [] }),
  plan: z
    .strictObject({ waves: z.int().min(1), firstShare: z.int().min(1).max(10_000), soakSeconds: z.number().min(0) })
    .default({ waves: 3, firstShare: 500, soakSeconds: 3_600 }),
  /** How hosts get there. */
  route: Route.default('replace'),
  /** Open requests for changes. */
  changesRequested: z.int().min(0).default(0),
  /** Left out: as settings.json says of the fleet. */
  tier: z.string().optional(),
  /** When it is asked: freezes and maintenance windows are those of that instant. Left out: none holds anything back. */
  at: Instant.optional(),
  /** Names of the freezes in force; left out: by `at`. */
  frozen: z.array(z.string()).optional(),
  /** Left out: by `at`. */
  outsideWindows: z.boolean().optional(),
  /** Scopes of the holds in force. */
  held: names,
  /** Groups whose consent is missing. */
  unconsented: names,
  /** What is accepted in an emergency that nobody confirmed. */
  unconfirmed: names,
  breakGlass: z.strictObject({ passes: names, confirmed: z.boolean().default(false) }).default({ passes: [], confirmed: false }),
  expect: z.enum(['allow', 'deny']),
  /** Policies that must be among those that determined it. */
  by: names,
})
export type PolicyCase = z.infer<typeof PolicyCase>

export type CaseResult = {
  readonly name: string
  readonly passed: boolean
  readonly got: 'allow' | 'deny' | 'no question'
  /** Ids of the policies that determined it. */
  readonly by: readonly string[]
  /** Why not: the policies' sentences, or what is wrong with the case. */
  readonly reasons: readonly string[]
}

const principalOf = ({ who }: PolicyCase): Principal =>
  who === 'lifecycle' ? WORKFLOW_PRINCIPAL : { type: 'Person', id: who.person, groups: who.groups }

const resourceOf = ({ on }: PolicyCase): Resource => {
  if (on === 'house') return HOUSE
  if ('patch' in on) return { type: 'Patch', id: on.patch }
  if ('edit' in on) return { type: 'PolicyEdit', id: on.edit, fleet: on.fleet, proposer: on.proposer }
  if ('owner' in on) return { type: 'Hold', id: on.hold, scope: on.scope, owner: on.owner, fleet: on.fleet ?? null }
  if ('change' in on) return { type: 'Change', id: on.change, fleet: on.fleet, proposer: on.proposer, builder: on.builder }
  return { type: 'Fleet', id: on.fleet }
}

/** Where and when a case is asked, by settings and calendar as far as it does not say so itself. */
const circumstancesOf = ({ settings, freezes }: PolicySet, { on, at, ...asked }: PolicyCase) => {
  const fleet = (typeof on === 'object' && 'fleet' in on ? on.fleet : null) ?? ''
  const now = at === undefined ? null : Date.parse(at)
  return {
    tier: asked.tier ?? tierOf(settings, fleet),
    frozen: asked.frozen ?? (now === null ? [] : freezesInForce(freezes, fleet, now).map(({ name }) => name)),
    outsideWindows: asked.outsideWindows ?? (now !== null && isOutsideWindows(settings, fleet, now)),
  }
}

const contextOf = (policySet: PolicySet, asked: PolicyCase): ReleaseContext => {
  const { on, approvals, changesRequested, verdict, plan, route, held, unconsented, unconfirmed, breakGlass } = asked
  const proposer = { id: typeof on === 'object' && 'proposer' in on ? on.proposer : '' }
  const builder = typeof on === 'object' && 'builder' in on ? on.builder : null
  const said = approvals.map(({ by, groups, signOff }) => ({
    by: { id: by, groups },
    signOff,
    digest: '',
    at: new Date(0).toISOString(),
    withdrawnAt: null,
  }))
  const tally = tallyOf(countingApprovals({ proposer, builder, review: { digest: '', approvals: said } }), changesRequested)
  const circumstances = circumstancesOf(policySet, asked)
  return { approvals: tally, verdict, plan, route, ...circumstances, held, unconsented, unconfirmed, breakGlass }
}

/** The question that a case puts; a sentence where it leaves out what its action is asked with. */
const requestOf = (policySet: PolicySet, asked: PolicyCase): Request | string => {
  const { what: action, decision, command, author, scope } = asked
  const base = { principal: principalOf(asked), resource: resourceOf(asked) }
  switch (action) {
    case 'decidePolicyEdit': {
      const said = EDIT_DECISIONS.find(known => known === decision)
      return said === undefined
        ? 'decidePolicyEdit is asked with a `decision`: approve, reject, withdraw or comment'
        : { ...base, action, context: { decision: said } }
    }
    case 'approveChange':
      return decision === undefined ? 'approveChange is asked with a `decision`' : { ...base, action, context: { decision } }
    case 'controlChange':
      return command === undefined ? 'controlChange is asked with a `command`' : { ...base, action, context: { command } }
    case 'clearTransition':
      return author === undefined ? 'clearTransition is asked with an `author`' : { ...base, action, context: { author } }
    case 'enactPolicy': {
      const scope = base.resource.type === 'PolicyEdit' && base.resource.fleet !== null ? 'fleet' : 'house'
      return { ...base, action, context: { approvals: contextOf(policySet, asked).approvals, scope } }
    }
    case 'placeHold':
      return scope === undefined ? 'placeHold is asked with a `scope`' : { ...base, action, context: { scope } }
    case 'releaseChange':
    case 'openWave':
      return { ...base, action, context: contextOf(policySet, asked) }
    default:
      return { ...base, action }
  }
}

const unasked = (name: string, reason: string): CaseResult => ({ name, passed: false, got: 'no question', by: [], reasons: [reason] })

const runCase = (policySet: PolicySet, asked: PolicyCase): CaseResult => {
  const request = requestOf(policySet, asked)
  if (typeof request === 'string') return unasked(asked.name, request)
  try {
    const answer = authorize(policySet, request)
    const by = answer.allowed ? answer.decision.policies : answer.policies
    const got = answer.allowed ? 'allow' : 'deny'
    const passed = got === asked.expect && asked.by.every(id => by.includes(id))
    return { name: asked.name, passed, got, by, reasons: answer.allowed ? [] : answer.reasons }
  } catch (error) {
    if (error instanceof PolicyError) return unasked(asked.name, error.message)
    throw error
  }
}

export type CasesRun =
  | { readonly ok: true; readonly results: readonly CaseResult[] }
  | { readonly ok: false; readonly problems: readonly string[] }

/** Asks the policies about every case. `cases` is untrusted (a file): `{cases: [PolicyCase, …]}`; what is wrong with it is told by place. */
export const runPolicyCases = (policySet: PolicySet, cases: unknown): CasesRun => {
  const parsed = z.strictObject({ cases: z.array(PolicyCase).min(1) }).safeParse(cases)
  if (!parsed.success)
    return {
      ok: false,
      problems: parsed.error.issues.map(({ path, message }) => `${path.map(String).join('.') || 'the file'}: ${message}`),
    }
  return { ok: true, results: parsed.data.cases.map(asked => runCase(policySet, asked)) }
}
