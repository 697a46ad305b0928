import { expect, test } from '@jest/globals'
import { describePolicies, loadPolicies } from '../../shared/policy/index.ts'
import { houseFiles, housePolicies } from './house-policies.ts'

const needsOf = (policySet = housePolicies, fleet = 'edge') =>
  Object.fromEntries(describePolicies(policySet, fleet).kinds.map(({ kind, needs }) => [kind, needs]))

test('the house says what each kind of change needs, beside what every change needs', () => {
  const security = 'an approval by one of security, because the verdict has findings to review'
  expect(needsOf()).toEqual({
    'a change that is held': ['the end of the hold'],
    'a change that somebody wants changed': ['the answer to a request for changes'],
    'every change': ['approvals of two different people', 'an approval by one of kernel-maintainers'],
    'a change with findings to review': [security],
    'a downgrade': [security, 'a sign-off of downgrade'],
    'a change that loses fixes': [security, 'a sign-off of fixes-lost'],
    'a change that reverts functions': [security, 'a sign-off of functions-reverted'],
    'a change in a freeze': ['the end of the freeze'],
    'a change with a blocking finding': ['a verdict without blocking findings'],
  })
})

test('every rule of the house is told once: by a kind of change, as a right, or as another rule', () => {
  const { kinds, may, others } = describePolicies(housePolicies, '')
  const told = [...new Set(kinds.flatMap(({ policies }) => policies)), ...[...may, ...others].map(({ id }) => id)]
  expect(told.toSorted()).toEqual(housePolicies.policies.map(({ id }) => id).toSorted())
  expect(others.map(({ id }) => id)).toEqual(['four-eyes'])
})

test('what a team asks for on one fleet is told of that fleet', () => {
  const text = `@id("edge-needs-three") @reason("approvals of three people")
    forbid (principal, action == Action::"releaseChange", resource in Fleet::"edge") unless { context.approvals.people >= 3 };`
  const stricter = loadPolicies({ ...houseFiles, policies: { ...houseFiles.policies, 'edge.cedar': text } })
  expect(needsOf(stricter)['every change']).toContain('approvals of three people')
  expect(needsOf(stricter, 'core')['every change']).not.toContain('approvals of three people')
  expect(describePolicies(stricter, 'core').others.map(({ id }) => id)).toContain('edge-needs-three')
})
