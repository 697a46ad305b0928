import { isAuthorized } from '@cedar-policy/cedar-wasm/nodejs'
import { authorize, type PolicySet, type Request, type Resource } from '../../shared/policy/index.ts'

type Uid = { readonly type: string; readonly id: string }
const uid = (type: string, id: string): Uid => ({ type, id })
const HOUSE = uid('House', 'supersede')

const familyOf = (resource: Resource) => {
  if (resource.type === 'House') return [{ uid: HOUSE, attrs: {}, parents: [] }]
  if (resource.type === 'Patch' || resource.type === 'Fleet') return [{ uid: uid(resource.type, resource.id), attrs: {}, parents: [HOUSE] }]
  const person = { __entity: uid('Person', resource.type === 'Hold' ? resource.owner : resource.proposer) }
  const attrs = resource.type === 'Hold' ? { owner: person, scope: resource.scope } : { proposer: person }
  const over = resource.fleet === null ? HOUSE : uid('Fleet', resource.fleet)
  return [
    { uid: uid(resource.type, resource.id), attrs, parents: [over] },
    ...(resource.fleet === null ? [] : [{ uid: over, attrs: {}, parents: [HOUSE] }]),
  ]
}

const contextOf = (request: Request) => {
  if (request.action === 'clearTransition') return { author: { __entity: uid('Person', request.context.author) } }
  if (!('context' in request)) return {}
  return 'approvals' in request.context ? { ...request.context, approvals: { __entity: uid('Approvals', 'current') } } : request.context
}

const tallyOf = (request: Request) => {
  if (!('context' in request) || !('approvals' in request.context)) return []
  const { members, ...attrs } = request.context.approvals
  return [{ uid: uid('Approvals', 'current'), attrs, parents: [], tags: members }]
}

/** What the house answers, in the same form. */
export const answered = (policySet: PolicySet, request: Request) => {
  const answer = authorize(policySet, request)
  return { allowed: answer.allowed, policies: (answer.allowed ? answer.decision.policies : answer.policies).toSorted() }
}

/**
 * The engine asked as its manual says: every policy as it is written, the schema, every entity, the request checked. Slow, and the
 * measure for whatever is faster.
 */
export const askedPlainly = (schema: string, { policies }: PolicySet, request: Request) => {
  const { principal } = request
  const person = principal.type === 'Workflow' ? uid('Workflow', 'supersede') : uid('Person', principal.id)
  const groups = principal.type === 'Workflow' ? [] : principal.groups.map(group => uid('Group', group))
  const family = familyOf(request.resource)
  const call = {
    principal: person,
    action: uid('Action', request.action),
    resource: family[0]?.uid ?? HOUSE,
    context: contextOf(request),
    entities: [{ uid: person, attrs: {}, parents: groups }, ...family, ...tallyOf(request)],
    policies: { staticPolicies: Object.fromEntries(policies.map(({ id, text }) => [id, text])) },
    schema,
    validateRequest: true,
  }
  const answer = isAuthorized(JSON.parse(JSON.stringify(call)))
  if (answer.type === 'failure') throw new Error(answer.errors.map(({ message }) => message).join())
  const { decision, diagnostics } = answer.response
  const failed = diagnostics.errors.map(({ policyId }) => policyId).toSorted()
  /* The engine itself leaves out a policy that fails; the house does not go on without it. */
  return failed.length > 0
    ? { allowed: false, policies: failed }
    : { allowed: decision === 'allow', policies: diagnostics.reason.toSorted() }
}
