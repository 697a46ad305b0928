import { describe, expect, test } from '@jest/globals'
import { loadPolicies, PolicyError } from '../../shared/policy/index.ts'
import { houseFiles, housePolicies } from './house-policies.ts'

const UNLESS = (id: string) => `unless { context.breakGlass.confirmed && context.breakGlass.passes.contains("${id}") }`
const loaded = (rule: string) => loadPolicies({ ...houseFiles, policies: { ...houseFiles.policies, 'team.cedar': rule } })
const rule = (head: string, tail: string) =>
  `@id("mine") ${head} @reason("r") forbid (principal, action == Action::"releaseChange", resource) when { context.approvals.people < 9 } ${tail};`

describe('what an emergency may pass', () => {
  test('is said by the rules of the house themselves: never four eyes, a blocking finding, a hold, or the lifecycle', () => {
    expect(housePolicies.policies.filter(({ breakable }) => breakable).map(({ id }) => id)).toEqual([
      ...['two-people', 'three-for-production', 'security-for-a-wide-first-wave', 'security-reviews-risk'],
      ...['signed-off-downgrade', 'signed-off-fixes-lost', 'signed-off-functions-reverted'],
      ...['no-release-in-a-freeze', 'only-in-a-maintenance-window'],
    ])
  })

  test('can be a team’s own rule, by its own id', () => {
    const { policies } = loaded(rule('@breakable("true")', UNLESS('mine')))
    expect(policies.find(({ id }) => id === 'mine')).toMatchObject({ breakable: true })
  })

  test.each([
    ['a rule that is passed by the name of another', rule('@breakable("true")', UNLESS('two-people'))],
    ['a rule that is passed unconfirmed', rule('@breakable("true")', 'unless { context.breakGlass.passes.contains("mine") }')],
    ['a rule that is passed by whatever is named', rule('@breakable("true")', 'unless { context.breakGlass.confirmed }')],
    ['a rule that looks at the emergency and does not say so', rule('', UNLESS('mine'))],
    ['a breakable rule that cannot be passed', rule('@breakable("true")', '')],
    [
      'a permit',
      '@id("mine") @breakable("true") @reason("r") permit (principal, action == Action::"releaseChange", resource) when { context.breakGlass.confirmed };',
    ],
  ])('%s is refused', (_, text) => {
    expect(() => loaded(text)).toThrow(PolicyError)
  })
})
