import { statefulIsAuthorized } from '@cedar-policy/cedar-wasm/nodejs'
import type { PolicySet } from './load-policies.ts'
import { PolicyError } from './policy-texts.ts'
import type { Request, Resource } from './request.ts'
import { toCedar } from './to-cedar.ts'

/** Never exported: no other file can write a Decision, by type or by value. */
const leave = Symbol('leave')
const made = new WeakSet<object>()

/** Leave to act, which only the policy room can make (authorize); the store's writing side takes nothing else. */
export type Decision = {
  readonly [leave]: true
  readonly action: string
  /** What exactly was asked about where an action has several: the decision of approveChange, the command of controlChange. Else null. */
  readonly to: string | null
  /** A person's id, or `supersede` for the lifecycle. */
  readonly principal: string
  readonly resource: Resource
  /** Ids of the policies that determined it. */
  readonly policies: readonly string[]
  /** Version (digest) of the policy set. */
  readonly policyVersion: string
  /** Number of the edition that was in force. */
  readonly edition: number
}

/** Whether authorize made it: a look-alike that came in through a cast or through JSON is none. */
export const isDecision = (value: unknown): value is Decision => typeof value === 'object' && value !== null && made.has(value)

export type Answer =
  | { readonly allowed: true; readonly decision: Decision }
  /** `reasons`: sentences for people. `policies`: those that said no; empty where none said yes. */
  | { readonly allowed: false; readonly reasons: readonly string[]; readonly policies: readonly string[] }

const exactly = (request: Request): string | null => {
  if (!('context' in request)) return null
  if ('decision' in request.context) return request.context.decision
  return 'command' in request.context ? request.context.command : null
}

const decide = (request: Request, policies: readonly string[], { version: policyVersion, edition }: PolicySet): Decision => {
  const principal = request.principal.type === 'Workflow' ? 'supersede' : request.principal.id
  const decision: Decision = {
    [leave]: true,
    action: request.action,
    to: exactly(request),
    principal,
    resource: request.resource,
    policies,
    policyVersion,
    edition,
  }
  Object.freeze(decision)
  made.add(decision)
  return decision
}

type Question = Parameters<typeof statefulIsAuthorized>[0]

/* The same question comes twice in a row where a release is decided and then told what it still needs. */
let last: { readonly asked: string; readonly answer: ReturnType<typeof statefulIsAuthorized> } | null = null

const engine = (question: Question): ReturnType<typeof statefulIsAuthorized> => {
  const asked = JSON.stringify(question)
  if (last?.asked !== asked) last = { asked, answer: statefulIsAuthorized(question) }
  return last.answer
}

const refusal = (policySet: PolicySet, request: Request, policies: readonly string[]): Answer => {
  const said = policySet.policies.filter(({ id }) => policies.includes(id)).map(({ reason }) => reason)
  if (said.length > 0) return { allowed: false, reasons: said, policies }
  const may = policySet.permitsOf(request.action).map(({ reason }) => reason)
  return { allowed: false, reasons: may.length > 0 ? may : ['No policy lets anybody do this.'], policies }
}

/**
 * The choke point: asks the policies whether this principal may do this to this resource in this context. Denied unless
 * some policy permits it and none forbids it; a policy that fails to evaluate denies.
 * Throws PolicyError where an action is not asked of such a principal about such a resource, which is our own mistake and never a leave.
 */
export const authorize = (policySet: PolicySet, request: Request): Answer => {
  const answer = engine(policySet.pare(toCedar(request)))
  if (answer.type === 'failure') throw new PolicyError(answer.errors.map(({ message }) => message).join('\n'))
  const { decision, diagnostics } = answer.response
  const policies = diagnostics.reason.toSorted()
  const failed = diagnostics.errors.map(({ policyId }) => policyId)
  if (failed.length > 0) return { allowed: false, reasons: failed.map(id => `The policy ${id} could not be evaluated.`), policies: failed }
  return decision === 'allow' ? { allowed: true, decision: decide(request, policies, policySet) } : refusal(policySet, request, policies)
}
