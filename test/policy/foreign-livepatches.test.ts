import { describe, expect, test } from '@jest/globals'
import { loadPolicies, missingForRelease, planDefaults, releaseContext, signableOf } from '../../shared/policy/index.ts'
import type { CohortVerdict, Verdict } from '../../shared/verdict/index.ts'
import { houseFiles } from './house-policies.ts'

const entry = (name: string, over: object = {}) => ({ name, digest: null, enabled: true, transition: false, ...over })
const cohort = (livepatches: CohortVerdict['stack']['livepatches'], over: Partial<CohortVerdict> = {}): CohortVerdict => ({
  cohort: 'c',
  hosts: 2,
  stack: { kernelRelease: '6.1.0', livepatches, resident: [], targets: [], forced: false },
  result: 'OK',
  stackAfter: ['lp_new'],
  log: [],
  functions: { kept: [], added: [], reverted: [] },
  fixes: { gained: [], lost: [] },
  callbacks: { run: [], skipped: [] },
  downgrade: false,
  wayBack: 'replace',
  ...over,
})
const verdictOn = (...cohorts: readonly CohortVerdict[]): Verdict => ({
  schema: 'supersede.verdict/1',
  livepatch: 'a'.repeat(64),
  outcome: 'clear',
  cohorts: [...cohorts],
  findings: [],
  ruleSets: {},
})
const policies = loadPolicies({
  ...houseFiles,
  settings: JSON.stringify({ owners: [{ livepatch: 'db_*', group: 'databases' }] }),
})
const AT = '2026-11-23T11:00:00.000Z'
const SITUATION = { now: Date.parse('2026-11-23T12:00:00Z'), held: [] }
const said = (id: string, groups: readonly string[], ...signOff: readonly string[]) => ({
  by: { id, groups },
  digest: 'd',
  at: AT,
  withdrawnAt: null,
  signOff,
})
const changeWith = (...approvals: readonly ReturnType<typeof said>[]) => ({
  ...{ id: '01JD', fleet: 'edge', plan: planDefaults, proposer: { id: 'alice' }, rollout: null },
  review: { digest: 'd', approvals: [said('bob', ['kernel-maintainers']), said('carol', ['security']), ...approvals] },
})
const unconsented = (verdict: Verdict, ...approvals: readonly ReturnType<typeof said>[]) =>
  releaseContext(policies, changeWith(...approvals), verdict, SITUATION).unconsented

const onForced = cohort([entry('db_hotfix')])
const forced = { ...onForced, stack: { ...onForced.stack, forced: true } }

describe('the owner is asked about a livepatch that Supersede did not bring', () => {
  const rows: readonly (readonly [sentence: string, verdict: Verdict, groups: readonly string[]])[] = [
    ['where a load wipes it', verdictOn(cohort([entry('db_hotfix')])), ['databases']],
    ['whoever it is, where nobody is named', verdictOn(cohort([entry('lp_vendor')])), ['kernel-maintainers']],
    ['each group once', verdictOn(cohort([entry('db_1'), entry('lp_x')]), cohort([entry('db_2')])), ['databases', 'kernel-maintainers']],
    ['not where it stays', verdictOn(cohort([entry('db_hotfix')], { stackAfter: ['db_hotfix', 'lp_new'] })), []],
    ['not where nothing is loaded', verdictOn(cohort([entry('db_hotfix')], { result: 'EINVAL' })), []],
    ['not where the host is left out, because it was forced', verdictOn(forced), []],
    ['not where it is disabled already', verdictOn(cohort([entry('db_hotfix', { enabled: false })])), []],
    ['not where the agent loaded its file', verdictOn(cohort([entry('db_hotfix', { digest: 'b'.repeat(64) })])), []],
  ]
  test.each(rows)('%s', (_, verdict, groups) => {
    expect(unconsented(verdict)).toEqual(groups)
    expect(signableOf(verdict).includes('foreign-livepatches')).toBe(groups.length > 0)
  })
})

describe('an owner consents', () => {
  const wiped = verdictOn(cohort([entry('db_hotfix')]))
  test('by an approval that signs it off', () => {
    expect(unconsented(wiped, said('dan', ['databases'], 'foreign-livepatches'))).toEqual([])
  })
  test.each([
    ['by a general yes', [said('dan', ['databases'])]],
    ['through somebody of another group', [said('eve', ['storage'], 'foreign-livepatches')]],
    ['by proposing it', [said('alice', ['databases'], 'foreign-livepatches')]],
  ])('not %s', (_, approvals) => {
    expect(unconsented(wiped, ...approvals)).toEqual(['databases'])
  })
  test('and people are told who is asked about what', () => {
    expect(missingForRelease(policies, changeWith(), wiped, SITUATION, { before: Date.parse('2026-12-01T18:00:00Z') })).toEqual([
      'the consent of the groups that own livepatches which would be wiped: databases: an approval by one of them that signs off foreign-livepatches (db_hotfix), before 2026-12-01T18:00Z',
    ])
  })
})
