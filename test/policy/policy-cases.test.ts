import { describe, expect, test } from '@jest/globals'
import { loadPolicies, runPolicyCases } from '../../shared/policy/index.ts'
import { houseFiles, housePolicies } from './house-policies.ts'

const run = (...cases: readonly object[]) => runPolicyCases(housePolicies, { cases })
const only = (over: object) => {
  const ran = run({ name: 'case', who: { person: 'bob', groups: ['kernel-maintainers'] }, what: 'submitPatch', expect: 'allow', ...over })
  return ran.ok ? ran.results[0] : ran.problems
}
const onChange = { on: { fleet: 'edge', proposer: 'alice' } }
const release = { who: 'lifecycle', what: 'releaseChange', ...onChange }
const bob = { by: 'bob', groups: ['kernel-maintainers'] }
const carol = { by: 'carol', groups: ['security'] }

describe('a case', () => {
  const rows: readonly (readonly [sentence: string, over: object, result: object])[] = [
    ['passes where the policies say what it expects', {}, { passed: true, got: 'allow', by: ['submit'] }],
    ['fails where they say otherwise', { expect: 'deny' }, { passed: false, got: 'allow' }],
    ['fails where another policy determined it', { by: ['propose'] }, { passed: false, got: 'allow', by: ['submit'] }],
    [
      'tells why something is denied',
      { what: 'manageFleet', on: { fleet: 'edge' }, expect: 'deny' },
      { passed: true, got: 'deny', reasons: ['Members of operators create fleets and enrol hosts.'] },
    ],
    ['asks with the decision', { what: 'approveChange', decision: 'comment', ...onChange }, { passed: true, by: ['speak'] }],
    ['asks with the command', { what: 'controlChange', command: 'resume', ...onChange }, { passed: true, by: ['resume'] }],
    ['asks about a patch', { what: 'viewPatch', on: { patch: 'd' } }, { passed: true, by: ['look'] }],
    ['counts approvals as a release does', { ...release, approvals: [bob, carol] }, { passed: true, by: ['lifecycle-moves'] }],
    [
      'counts a person once, and the proposer never',
      { ...release, approvals: [bob, bob, { ...carol, by: 'alice' }], expect: 'deny', by: ['two-people'] },
      { passed: true, by: ['two-people'] },
    ],
    [
      'knows what was signed off',
      {
        ...release,
        approvals: [bob, { ...carol, signOff: ['downgrade'] }],
        verdict: { outcome: 'review', review: ['downgrade', 'fixes-lost'], downgrade: true },
        expect: 'deny',
      },
      { passed: true, by: ['signed-off-fixes-lost'] },
    ],
  ]
  test.each(rows)('%s', (_, over, result) => {
    expect(only(over)).toMatchObject(result)
  })

  test.each([
    ['without the decision that its action is asked with', { what: 'approveChange', ...onChange }, /decision/],
    ['without the command', { what: 'controlChange', ...onChange }, /command/],
    ['about what the schema does not let it ask', { what: 'submitPatch', on: { fleet: 'edge' } }, /./],
    ['by a person of what is the lifecycle’s', { what: 'releaseChange', ...onChange }, /./],
  ])('%s puts no question, and never passes', (_, over, reason) => {
    for (const expected of ['allow', 'deny'])
      expect(only({ ...over, expect: expected })).toMatchObject({
        passed: false,
        got: 'no question',
        reasons: [expect.stringMatching(reason)],
      })
  })
})

describe('a case on a fleet that settings and calendar speak about', () => {
  const nights = { name: 'nights', timeZone: 'Europe/Berlin', every: 'day', from: '22:00', until: '04:00' }
  const yearEnd = {
    name: 'year-end',
    reason: 'r',
    timeZone: 'UTC',
    every: 'year',
    from: '12-18T18:00',
    until: '01-04T08:00',
    fleets: ['core'],
  }
  const ours = loadPolicies({
    ...houseFiles,
    settings: JSON.stringify({ tiers: { edge: 'production' }, windows: { edge: [nights] } }),
    freezes: JSON.stringify({ freezes: [yearEnd] }),
  })
  const core = { on: { fleet: 'core', proposer: 'alice' } }
  const rows: readonly (readonly [sentence: string, over: object, by: readonly string[]])[] = [
    ['is of its tier', {}, ['three-for-production']],
    ['is of another one where it says so', { tier: 'standard' }, ['lifecycle-moves']],
    ['is of none on another fleet', core, ['lifecycle-moves']],
    ['is in the freeze of its time', { ...core, at: '2026-12-24T10:00:00Z' }, ['no-release-in-a-freeze']],
    ['is in none at another time', { ...core, at: '2026-12-01T10:00Z' }, ['lifecycle-moves']],
    ['is in none where it says so', { ...core, at: '2026-12-24T10:00:00Z', frozen: [] }, ['lifecycle-moves']],
    ['is outside the windows', { what: 'openWave', tier: 'standard', at: '2026-12-01T12:00:00+01:00' }, ['only-in-a-maintenance-window']],
    ['is in one of them', { what: 'openWave', tier: 'standard', at: '2026-12-01T23:00:00+01:00' }, ['lifecycle-moves']],
  ]
  test.each(rows)('%s', (_, over, by) => {
    const expected = by[0] === 'lifecycle-moves' ? 'allow' : 'deny'
    const asked = { name: 'case', ...release, approvals: [bob, carol], ...over, expect: expected }
    expect(runPolicyCases(ours, { cases: [asked] })).toMatchObject({ ok: true, results: [{ passed: true, by }] })
  })
  test('names its time in full', () => {
    expect(only({ ...release, at: 'yesterday' })).toEqual([expect.stringContaining('cases.0.at: ')])
  })
})

test('what is wrong with a file is told by place', () => {
  expect(runPolicyCases(housePolicies, null)).toMatchObject({ ok: false, problems: [expect.stringContaining('the file: ')] })
  expect(run()).toMatchObject({ ok: false })
  expect(only({ what: 'dance' })).toEqual([expect.stringContaining('cases.0.what: ')])
  expect(only({ expects: 'allow' })).toEqual([expect.stringContaining('cases.0: ')])
})
