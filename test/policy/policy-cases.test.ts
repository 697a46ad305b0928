import { describe, expect, test } from '@jest/globals'
import { runPolicyCases } from '../../shared/policy/index.ts'
import { housePolicies } from './house-policies.ts'

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

test('what is wrong with a file is told by place', () => {
  expect(runPolicyCases(housePolicies, null)).toMatchObject({ ok: false, problems: [expect.stringContaining('the file: ')] })
  expect(run()).toMatchObject({ ok: false })
  expect(only({ what: 'dance' })).toEqual([expect.stringContaining('cases.0.what: ')])
  expect(only({ expects: 'allow' })).toEqual([expect.stringContaining('cases.0: ')])
})
