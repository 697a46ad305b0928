import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { authorize, loadPolicies } from '../../shared/policy/index.ts'
import { anyRequest } from './any-request.ts'
import { houseFiles, housePolicies } from './house-policies.ts'
import { answered, askedPlainly } from './reference.ts'

test('the policies of the house answer every question as the engine does that is given all of them', () => {
  fc.assert(
    fc.property(anyRequest, request => {
      expect(answered(housePolicies, request)).toEqual(askedPlainly(houseFiles.schema, housePolicies, request))
    }),
    { numRuns: 400 },
  )
})

/* Heads and bodies that fit together under the schema, those that leave things out of a question among them. */
const ON_PERSON = ['principal', 'principal is Person', 'principal in Group::"security"', 'principal == Person::"bob"']
const ANYWHERE = [
  'resource',
  'resource in House::"supersede"',
  'resource in Fleet::"edge"',
  'resource == Fleet::"core"',
  'resource is Change',
]
const ON_CHANGE = [
  'resource',
  'resource in Fleet::"edge"',
  'resource is Change in Fleet::"core"',
  'resource == Change::"c"',
  'resource is Change',
]
const KINDS = [
  {
    principals: ON_PERSON,
    actions: ['action in Action::"view"', 'action == Action::"viewChange"', 'action in [Action::"viewFleet", Action::"view"]'],
    resources: ANYWHERE,
    bodies: [
      '',
      'when { principal in Group::"auditors" }',
      'when { action in Action::"view" }',
      'unless { action == Action::"viewFleet" }',
    ],
  },
  {
    principals: ON_PERSON,
    actions: ['action == Action::"approveChange"'],
    resources: ON_CHANGE,
    bodies: [
      '',
      'when { principal == resource.proposer }',
      'unless { context.decision == "comment" }',
      'when { resource in House::"supersede" }',
    ],
  },
  {
    principals: ['principal', 'principal is Workflow', 'principal == Workflow::"supersede"'],
    actions: ['action in Action::"move"', 'action == Action::"openWave"', 'action in [Action::"releaseChange", Action::"openWave"]'],
    resources: ON_CHANGE,
    bodies: [
      '',
      'unless { context.approvals.people >= 2 }',
      'when { context.approvals.hasTag("security") && context.approvals.getTag("security") >= 1 }',
      'when { context.plan == { waves: 3, firstShare: 500, soakSeconds: 3600 } }',
      'when { context.plan.firstShare > 1000 || context.tier == "production" }',
      'when { context.verdict.review.contains("downgrade") && context.verdict.downgrade }',
      'when { context.verdict.fixesLost.isEmpty() && [context.verdict].contains(context.verdict) }',
      'unless { context has tier && context.held.isEmpty() }',
      'when { resource.proposer == Person::"alice" }',
      'when { action == Action::"openWave" }',
      'when { !context.held.isEmpty() || context.verdict.block.contains("missing-callback") }',
      'when { context.held.contains("fleet") || context.verdict.block.isEmpty() } unless { context.tier == "lab" }',
      'unless { context.frozen.isEmpty() && !context.outsideWindows } unless { context.verdict.downgrade == true }',
      'when { "standard" == context.tier && !("review" == context.verdict.outcome || context.unconfirmed.isEmpty()) }',
      'when { (if context.outsideWindows then context.plan else { waves: 1, firstShare: 1, soakSeconds: 1 }).waves > 2 }',
    ],
  },
]
const anyPolicy = fc.constantFrom(...KINDS).chain(({ principals, actions, resources, bodies }) =>
  fc
    .record({
      effect: fc.constantFrom('permit', 'forbid'),
      principal: fc.constantFrom(...principals),
      action: fc.constantFrom(...actions),
      resource: fc.constantFrom(...resources),
      body: fc.constantFrom(...bodies),
    })
    .map(({ effect, principal, action, resource, body }) => `${effect} (${principal}, ${action}, ${resource}) ${body};`),
)
const ASKED = ['viewChange', 'viewFleet', 'approveChange', 'releaseChange', 'openWave']

test('so do any policies, whatever their heads leave out and their bodies read', () => {
  const questions = fc.array(
    anyRequest.filter(({ action }) => ASKED.includes(action)),
    { minLength: 4, maxLength: 8 },
  )
  fc.assert(
    fc.property(fc.array(anyPolicy, { minLength: 1, maxLength: 12 }), questions, (texts, requests) => {
      const own = texts.map((text, index) => `@id("p${index}") @reason("because") ${text}`).join('\n')
      const policySet = loadPolicies({ schema: houseFiles.schema, policies: { 'own.cedar': own } })
      for (const request of requests) expect(answered(policySet, request)).toEqual(askedPlainly(houseFiles.schema, policySet, request))
    }),
    { numRuns: 60 },
  )
})

test('a question that the schema does not let be asked has no answer', () => {
  const principal = { type: 'Person', id: 'bob', groups: ['operators'] } as const
  expect(() => authorize(housePolicies, { principal, action: 'judgeChange', resource: { type: 'House' } })).toThrow(
    'judgeChange is not asked of a Person about a House',
  )
  expect(() => authorize(housePolicies, { principal, action: 'submitPatch', resource: { type: 'Fleet', id: 'edge' } })).toThrow(
    /about a Fleet/,
  )
})
