import { expect, test } from '@jest/globals'
import { describePolicies, loadPolicies } from '../../shared/policy/index.ts'
import { houseFiles, housePolicies } from './house-policies.ts'

const needsOf = (policySet = housePolicies, fleet = 'edge') =>
  Object.fromEntries(describePolicies(policySet, fleet).kinds.map(({ kind, needs }) => [kind, needs]))

test('the house says what each kind of change needs, beside what every change needs', () => {
  const security = 'an approval by one of security, because the verdict has findings to review'
  expect(needsOf()).toEqual({
    'a change that leaves something behind, accepted in an emergency': [security, 'a second person who confirms the emergency'],
    'a change by the route disable-then-load': [security, 'a sign-off of disable-then-load'],
    'a change that is held': ['the end of the hold'],
    'a change that somebody wants changed': ['the answer to a request for changes'],
    'every change': ['approvals of two different people', 'an approval by one of kernel-maintainers'],
    'a change with findings to review': [security],
    'a downgrade': [security, 'a sign-off of downgrade'],
    'a change that loses fixes': [security, 'a sign-off of fixes-lost'],
    'a change that reverts functions': [security, 'a sign-off of functions-reverted'],
    'a change that wipes a livepatch of somebody else': ['the consent of the groups that own livepatches which would be wiped'],
    'a change of a production fleet': ['approvals of three different people, because the fleet is a production fleet'],
    'a wide first wave on a production fleet': [
      'approvals of three different people, because the fleet is a production fleet',
      'an approval by one of security, because the first wave opens more than a tenth of a production fleet',
    ],
    'a change in a freeze': ['the end of the freeze'],
    'a wave outside the maintenance windows': ['an open maintenance window'],
    'a change with a blocking finding': ['a verdict without blocking findings'],
    'an edit of the policies': [
      'approvals of two different people',
      "an approval by one of security, because the edit touches more than one fleet's own rules",
    ],
    'an edit of the fleet’s own rules': ['approvals of two different people'],
  })
})

test('every rule of the house is told once: by a kind of change, as a right, or as another rule', () => {
  const { kinds, own, may, others } = describePolicies(housePolicies, '')
  expect(own).toEqual([])
  const told = [...new Set(kinds.flatMap(({ policies }) => policies)), ...[...may, ...others].map(({ id }) => id)]
  expect(told.toSorted()).toEqual(housePolicies.policies.map(({ id }) => id).toSorted())
  expect(others.map(({ id }) => id)).toEqual(['four-eyes-on-policy', 'four-eyes'])
})

test('what a team asks for on one fleet is told of that fleet', () => {
  const text = `@id("edge-needs-three") @reason("approvals of three people")
    forbid (principal, action == Action::"releaseChange", resource in Fleet::"edge") unless { context.approvals.people >= 3 };`
  const stricter = loadPolicies({ ...houseFiles, policies: { ...houseFiles.policies, 'edge.cedar': text } })
  expect(needsOf(stricter)['every change']).toContain('approvals of three people')
  expect(needsOf(stricter, 'core')['every change']).not.toContain('approvals of three people')
  expect(describePolicies(stricter, 'core').others.map(({ id }) => id)).toContain('edge-needs-three')
})

test('what settings say of a fleet is told in words, and a production fleet needs what production fleets need', () => {
  const settings = {
    tiers: { edge: 'production' },
    windows: { edge: [{ name: 'nights', every: 'day', from: '22:00', until: '04:00', timeZone: 'Europe/Berlin' }] },
    stricter: { '*': { unsigned: 'house rule' }, edge: { 'fixes-lost': 'public hosts' } },
    owners: [{ livepatch: 'db_*', group: 'databases' }],
    approvalValidSeconds: 86_400,
  }
  const own =
    '@id("edge-own") @reason("a fifth person") forbid (principal, action in Action::"move", resource in Fleet::"edge") unless { context.approvals.people >= 5 };'
  const policySet = loadPolicies({ ...houseFiles, settings: JSON.stringify(settings), teams: { edge: { 'own.cedar': own } } })
  expect(describePolicies(policySet, 'edge')).toMatchObject({
    settings: {
      tier: 'production',
      windows: ['nights (every day, 22:00 to 04:00 Europe/Berlin)'],
      freezes: [],
      stricter: ['unsigned: house rule', 'fixes-lost: public hosts'],
      owners: ['db_*: databases', 'others: kernel-maintainers'],
      approvals: 'An approval counts for 1 day, until the change is released.',
    },
    own: [{ id: 'edge-own', file: 'fleets/edge/own.cedar' }],
  })
  expect(needsOf(policySet, 'edge')['every change']).toEqual(
    expect.arrayContaining(['a fifth person', expect.stringMatching(/three different people/)]),
  )
  expect(describePolicies(policySet, 'core')).toMatchObject({
    settings: { tier: 'standard', windows: [], stricter: ['unsigned: house rule'] },
    own: [],
  })
  expect(describePolicies(policySet, 'core').others.map(({ id }) => id)).toEqual(['four-eyes-on-policy', 'four-eyes'])
})
