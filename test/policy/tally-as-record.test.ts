import { expect, test } from '@jest/globals'
import { loadPolicies, type ReleaseContext, type Request, UNHINDERED, WORKFLOW_PRINCIPAL } from '../../shared/policy/index.ts'
import { houseFiles } from './house-policies.ts'
import { answered, askedPlainly } from './reference.ts'

const CONDITIONS = [
  'context.approvals.people >= 2',
  'context.approvals has people',
  'context.approvals.signedOff.contains("downgrade") || context.approvals.changesRequested > 0',
  'context.approvals.hasTag("security")',
  'context.approvals.hasTag("tags") && context.approvals.getTag("tags") > 0',
  'context.approvals.hasTag("security") && context.approvals.getTag("security") >= 1 && context.approvals.people > 1',
  'context.approvals.hasTag("__entity") && context.approvals.getTag("__entity") > 0',
  'context.approvals.hasTag(":security") || context.approvals.hasTag("__proto__")',
  'context.approvals.hasTag(context.tier)',
  'context.approvals.hasTag(context.tier) && context.approvals.getTag(context.tier) > 1',
  'context.approvals == context.approvals && context.approvals.hasTag("security")',
  'context.approvals is Approvals && context.approvals.people > 1',
  'Approvals::"current" == context.approvals',
  'Approvals::"current".people > 1',
  'Approvals::"current".hasTag("security")',
  '[context.approvals].contains(context.approvals) && context.approvals.hasTag("security")',
  '(if context.outsideWindows then context.approvals else context.approvals).hasTag("security")',
  '{ held: context.approvals }.held.people > 1',
]

const asked = (approvals: ReleaseContext['approvals'], outsideWindows: boolean): Request => ({
  principal: WORKFLOW_PRINCIPAL,
  action: 'openWave',
  resource: { type: 'Change', id: 'c', fleet: 'edge', proposer: 'alice' },
  context: {
    ...UNHINDERED,
    approvals,
    verdict: { outcome: 'clear', block: [], review: [], downgrade: false, fixesLost: [], accepted: [] },
    plan: { waves: 1, firstShare: 500, soakSeconds: 60 },
    tier: 'security',
    outsideWindows,
  },
})

const TALLIES: readonly ReleaseContext['approvals'][] = [
  { people: 1, members: { __entity: 1 }, signedOff: [], changesRequested: 0 },
  { people: 0, members: {}, signedOff: [], changesRequested: 0 },
  { people: 2, members: { security: 2 }, signedOff: ['downgrade'], changesRequested: 0 },
  {
    people: 3,
    members: { security: 1, tags: 2, people: 0, __entity: 1, __extn: 2, [':security']: 1, ['__proto__']: 1 },
    signedOff: [],
    changesRequested: 1,
  },
]

test.each(CONDITIONS)('approvals are read alike, handed over as a record or as what they are: %s', condition => {
  const rule = `@id("rule") @reason("because") forbid (principal, action in Action::"move", resource) when { ${condition} };`
  const permit = '@id("moves") @reason("yes") permit (principal, action, resource);'
  const policySet = loadPolicies({ schema: houseFiles.schema, policies: { 'own.cedar': `${rule}\n${permit}` } })
  for (const approvals of TALLIES)
    for (const outside of [true, false]) {
      const request = asked(approvals, outside)
      expect(answered(policySet, request)).toEqual(askedPlainly(houseFiles.schema, policySet, request))
    }
})
