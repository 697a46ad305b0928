import { expect, test } from '@jest/globals'
import { loadPolicies, type Request, UNHINDERED, WORKFLOW_PRINCIPAL } from '../../shared/policy/index.ts'
import { houseFiles } from './house-policies.ts'
import { answered, askedPlainly } from './reference.ts'

/** Larger than any number may be where there is more than one wave, so that the engine cannot go on. */
const FAILS = 'context.plan.waves * 9007199254740991 * 1024 > 0'

const CONDITIONS = [
  'when { context.held.isEmpty() }',
  'when { !context.held.isEmpty() }',
  'when { context.outsideWindows } unless { context.held.isEmpty() }',
  'when { context.tier == "production" && context.outsideWindows }',
  'when { "production" == context.tier || !context.outsideWindows }',
  'unless { context.outsideWindows == true } when { context.held.contains("fleet") }',
  'unless { context.held.contains("fleet") || context.frozen.contains(context.tier) }',
  'when { context.plan.waves > 2 && context.outsideWindows }',
  'when { context.plan.waves > 2 || context.held.isEmpty() }',
  'when { ["production", "standard"].contains(context.tier) && context.outsideWindows }',
  'unless { ["production"].contains(context.tier) || ["replace"].contains("replace") }',
  `when { [context.tier, "edge"].contains("production") }`,
  'when { ["production", if context.outsideWindows then "a" else "b"].contains(context.tier) }',
  'when { if context.outsideWindows then context.held.isEmpty() else context.tier == "standard" }',
  `when { ${FAILS} && context.outsideWindows }`,
  `when { context.outsideWindows && ${FAILS} }`,
  `when { ${FAILS} || context.held.isEmpty() }`,
  `unless { context.held.isEmpty() || ${FAILS} }`,
  `when { ${FAILS} } unless { context.held.isEmpty() }`,
  `when { context.outsideWindows } when { ${FAILS} }`,
  `when { !(${FAILS}) } when { context.tier == "standard" }`,
  `when { context.held.contains(if ${FAILS} then "fleet" else "series") }`,
]

const asked = (waves: number, held: readonly string[], outsideWindows: boolean, tier: string): Request => ({
  principal: WORKFLOW_PRINCIPAL,
  action: 'openWave',
  resource: { type: 'Change', id: 'c', fleet: 'edge', proposer: 'alice' },
  context: {
    ...UNHINDERED,
    approvals: { people: 2, members: {}, signedOff: [], changesRequested: 0 },
    verdict: { outcome: 'clear', block: [], review: [], downgrade: false, fixesLost: [], accepted: [] },
    plan: { waves, firstShare: 500, soakSeconds: 60 },
    tier,
    held,
    outsideWindows,
  },
})

const CIRCUMSTANCES = [1, 3].flatMap(waves =>
  [[], ['fleet']].flatMap(held =>
    [true, false].flatMap(outside => ['standard', 'production'].map(tier => asked(waves, held, outside, tier))),
  ),
)

test.each(CONDITIONS)('whatever is known beforehand, the engine says the same of: %s', condition => {
  const rule = `@id("rule") @reason("because") forbid (principal, action in Action::"move", resource) ${condition};`
  const permit = '@id("moves") @reason("yes") permit (principal, action, resource);'
  const policySet = loadPolicies({ schema: houseFiles.schema, policies: { 'own.cedar': `${rule}\n${permit}` } })
  for (const request of CIRCUMSTANCES) expect(answered(policySet, request)).toEqual(askedPlainly(houseFiles.schema, policySet, request))
})

test('where a policy cannot be worked out, that is told, also where another part of it is known', () => {
  const text = `@id("p") @reason("because") permit (principal, action in Action::"move", resource) when { ${FAILS} && context.outsideWindows };`
  const policySet = loadPolicies({ schema: houseFiles.schema, policies: { 'own.cedar': text } })
  expect(answered(policySet, asked(3, [], false, 'standard'))).toEqual({ allowed: false, policies: ['p'] })
  expect(answered(policySet, asked(1, [], false, 'standard'))).toEqual({ allowed: false, policies: [] })
})
