import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  approvalsSince,
  countingApprovals,
  loadPolicies,
  missingForRelease,
  planDefaults,
  releaseContext,
  signableOf,
} from '../../shared/policy/index.ts'
import type { Verdict } from '../../shared/verdict/index.ts'
import { houseFiles, housePolicies } from './house-policies.ts'

const verdict = (outcome: Verdict['outcome']): Verdict => ({
  schema: 'supersede.verdict/1',
  livepatch: 'a'.repeat(64),
  outcome,
  cohorts: [],
  findings: outcome === 'review' ? [{ code: 'no-way-back', severity: 'review', cohort: null, message: '', evidence: {}, remedy: '' }] : [],
  ruleSets: {},
})
const NOW = Date.UTC(2026, 10, 23, 12)
const SITUATION = { now: NOW, held: [] }
type Said = {
  readonly by: { readonly id: string; readonly groups: readonly string[] }
  readonly digest: string
  readonly at: string
  readonly withdrawnAt: string | null
  readonly signOff: readonly string[]
}
const changeWith = (...approvals: readonly Said[]) => ({
  id: '01JD',
  fleet: 'edge',
  plan: planDefaults,
  proposer: { id: 'alice' },
  review: { digest: 'd2', approvals },
  rollout: null,
})
const said = (id: string, groups: readonly string[], digest = 'd2'): Said => ({
  by: { id, groups },
  digest,
  at: '2026-11-23T11:00:00.000Z',
  withdrawnAt: null,
  signOff: [],
})
const bob = said('bob', ['kernel-maintainers'])
const carol = said('carol', ['security'])

describe('what is missing for a release, in words', () => {
  const rows: readonly (readonly [string, readonly Said[], readonly string[]])[] = [
    [
      'everything, at first',
      [],
      [
        'approvals of two different people',
        'an approval by one of kernel-maintainers',
        'an approval by one of security, because the verdict has findings to review',
      ],
    ],
    [
      'security and a second person, after one kernel maintainer',
      [bob],
      ['approvals of two different people: one more', 'an approval by one of security, because the verdict has findings to review'],
    ],
    ['nothing, after one of each', [bob, carol], []],
    [
      'as much as before, after an approval of an old digest',
      [bob, { ...carol, digest: 'd1' }],
      ['approvals of two different people: one more', 'an approval by one of security, because the verdict has findings to review'],
    ],
    [
      'as much as before, after the proposer’s own',
      [bob, said('alice', ['security'])],
      ['approvals of two different people: one more', 'an approval by one of security, because the verdict has findings to review'],
    ],
    [
      'as much as before, after an approval that was withdrawn',
      [{ ...bob, withdrawnAt: '2026-11-23T12:00:00Z' }, bob, { ...carol, withdrawnAt: '2026-11-23T12:00:00Z' }],
      ['approvals of two different people: one more', 'an approval by one of security, because the verdict has findings to review'],
    ],
    [
      'a second person, where one has two hats',
      [said('eve', ['kernel-maintainers', 'security'])],
      ['approvals of two different people: one more'],
    ],
    [
      'a second person, where one says it twice',
      [bob, bob, said('bob', ['security'])],
      ['approvals of two different people: one more', 'an approval by one of kernel-maintainers'],
    ],
  ]
  test.each(rows)('%s', (_, approvals, missing) => {
    expect(missingForRelease(housePolicies, changeWith(...approvals), verdict('review'), SITUATION)).toEqual(missing)
  })

  test('each rule counts down what it counts, of everybody or of a group', () => {
    const cedar = `@id("three-and-two") @reason("three people, two of them of security")
      forbid (principal, action in Action::"move", resource in Fleet::"edge")
      unless { context.approvals.people >= 3 && context.approvals.hasTag("security") && context.approvals.getTag("security") >= 2 };`
    const policies = loadPolicies({ ...houseFiles, teams: { edge: { 'more.cedar': cedar } } })
    const before = Date.UTC(2026, 11, 1, 18)
    const told = (...approvals: readonly Said[]) =>
      missingForRelease(policies, changeWith(...approvals), verdict('clear'), SITUATION, { before }).filter(text =>
        text.startsWith('three'),
      )
    expect([told(), told(bob), told(bob, carol), told(bob, carol, said('erin', []))]).toEqual([
      ['three people, two of them of security, before 2026-12-01T18:00Z'],
      ['three people, two of them of security: 2 more, before 2026-12-01T18:00Z'],
      ['three people, two of them of security: one more and one more of security, before 2026-12-01T18:00Z'],
      ['three people, two of them of security: one more of security, before 2026-12-01T18:00Z'],
    ])
  })

  test('a verdict that blocks is missing a verdict that does not', () => {
    expect(missingForRelease(housePolicies, changeWith(bob, carol), verdict('block'), SITUATION)).toEqual([
      'a verdict without blocking findings',
    ])
  })
})

describe('what must be signed off by name', () => {
  const finding = (code: string) => ({ code, severity: 'review' as const, cohort: null, message: '', evidence: {}, remedy: '' })
  const risky = (...codes: readonly string[]): Verdict => ({ ...verdict('review'), findings: codes.map(finding) })
  const signed = (approval: Said, ...signOff: readonly string[]): Said => ({ ...approval, signOff })
  const rows: readonly (readonly [string, readonly Said[], readonly string[], readonly string[]])[] = [
    ['is missing after plain approvals', [bob, carol], ['fixes-lost'], ['a sign-off of fixes-lost']],
    ['is there once anybody who counts names it', [bob, signed(carol, 'fixes-lost')], ['fixes-lost'], []],
    [
      'is missing where another thing was named',
      [bob, signed(carol, 'downgrade')],
      ['functions-reverted'],
      ['a sign-off of functions-reverted'],
    ],
    ['can be named by different people', [signed(bob, 'downgrade'), signed(carol, 'fixes-lost')], ['downgrade', 'fixes-lost'], []],
    [
      'is missing where who named it counts no more',
      [bob, carol, signed(said('eve', ['security'], 'd1'), 'downgrade'), signed(said('alice', ['security']), 'downgrade')],
      ['downgrade'],
      ['a sign-off of downgrade'],
    ],
    ['is nothing for other findings', [bob, carol], ['way-back-not-atomic', 'unsigned'], []],
  ]
  test.each(rows)('%s', (_, approvals, codes, missing) => {
    expect(missingForRelease(housePolicies, changeWith(...approvals), risky(...codes), SITUATION)).toEqual(missing)
  })

  test('can be whatever the verdict has to review, each once', () => {
    expect(signableOf(risky('unsigned', 'fixes-lost', 'unsigned'))).toEqual(['fixes-lost', 'unsigned'])
    expect(signableOf(verdict('clear'))).toEqual([])
  })
})

test('a group that a token names twice counts once', () => {
  const { approvals } = releaseContext(housePolicies, changeWith(said('bob', ['security', 'security'])), verdict('clear'), SITUATION)
  expect(approvals).toEqual({ people: 1, members: { security: 1 }, signedOff: [], changesRequested: 0 })
})

test('approvals that are of other digests, of the proposer, or withdrawn count for nothing, whatever else is said', () => {
  const anyone = fc.record({
    by: fc.record({ id: fc.constantFrom('alice', 'bob', 'carol', 'eve'), groups: fc.subarray(['kernel-maintainers', 'security']) }),
    digest: fc.constantFrom('d1', 'd2'),
    at: fc.constant('2026-11-23T11:00:00.000Z'),
    withdrawnAt: fc.constantFrom(null, '2026-11-23T12:00:00Z'),
    signOff: fc.subarray(['downgrade', 'fixes-lost']),
  })
  fc.assert(
    fc.property(fc.array(anyone, { maxLength: 12 }), approvals => {
      const counting = countingApprovals(changeWith(...approvals))
      const ids = new Set(
        approvals
          .filter(({ by, digest, withdrawnAt }) => digest === 'd2' && withdrawnAt === null && by.id !== 'alice')
          .map(({ by }) => by.id),
      )
      expect(new Set(counting.map(({ by }) => by.id))).toEqual(ids)
      expect(releaseContext(housePolicies, changeWith(...approvals), verdict('clear'), SITUATION).approvals.people).toBe(ids.size)
    }),
  )
})

describe('approvals that are valid for a day', () => {
  const hours = (count: number) => NOW + count * 3_600_000
  const withSettings = (settings: object) =>
    loadPolicies({ ...houseFiles, settings: JSON.stringify({ approvalValidSeconds: 86_400, ...settings }) })
  const daily = withSettings({})
  /* Both approved an hour before NOW. */
  const change = changeWith(bob, carol)
  const people = (policies: typeof daily, at: number, of: Parameters<typeof releaseContext>[1] = change) =>
    releaseContext(policies, of, verdict('clear'), { now: at, held: [] }).approvals.people

  test('release on that day, and not after it', () => {
    expect([people(daily, hours(0)), people(daily, hours(23)), people(daily, hours(23) + 1)]).toEqual([2, 2, 0])
    expect(people(housePolicies, hours(24 * 365))).toBe(2)
  })
  test('are missing after it with the rules that they met, and can be given again', () => {
    expect(missingForRelease(daily, change, verdict('clear'), { now: hours(24), held: [] })).toEqual([
      'approvals of two different people',
      'an approval by one of kernel-maintainers',
    ])
    const again = changeWith(bob, carol, { ...bob, at: new Date(hours(24)).toISOString() })
    expect(missingForRelease(daily, again, verdict('clear'), { now: hours(24), held: [] })).toEqual([
      'approvals of two different people: one more',
    ])
  })
  test('carry a released change through all its waves, unless the settings say otherwise', () => {
    const released = { ...change, rollout: { releasedAt: new Date(hours(2)).toISOString() } }
    expect(people(daily, hours(24 * 30), released)).toBe(2)
    expect(people(withSettings({ approvalsExpireInRollout: true }), hours(22), released)).toBe(2)
    expect(people(withSettings({ approvalsExpireInRollout: true }), hours(24), released)).toBe(0)
  })
  test('count since a day ago', () => {
    const since = approvalsSince(daily.settings, change, hours(24))
    expect(since).toBe(hours(0))
    expect(countingApprovals(changeWith(bob, { ...carol, at: new Date(since).toISOString() }), since).map(({ by }) => by.id)).toEqual([
      'carol',
    ])
  })
})
