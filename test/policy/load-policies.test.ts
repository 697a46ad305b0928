import { describe, expect, test } from '@jest/globals'
import { loadPolicies, PolicyError } from '../../shared/policy/index.ts'
import { houseFiles, housePolicies } from './house-policies.ts'

const loading = (text: string) => () => loadPolicies({ ...houseFiles, policies: { ...houseFiles.policies, 'team.cedar': text } })
const named = (rule: string) => `@id("mine") @reason("because") ${rule}`

describe('policies are refused loudly, with their file and the fault', () => {
  const rows: readonly (readonly [string, string, RegExp])[] = [
    ['what does not parse', 'permit (principal, action, resource) when {', /team\.cedar: /],
    ['what has no @id', '@reason("r") permit (principal, action, resource);', /team\.cedar: every policy has an @id and a @reason/],
    ['what has no @reason', '@id("r") permit (principal, action, resource);', /team\.cedar: every policy has an @id and a @reason/],
    ['an id that is taken', '@id("four-eyes") @reason("r") forbid (principal, action, resource);', /the id four-eyes is taken/],
    ...(
      [
        ['that looks like another’s', 'fоur-eyes'],
        ['with a letter that nobody sees', 'four\u200b-eyes'],
        ['with a space', 'four-eyes '],
        ['with a line break', 'mine\nfour-eyes'],
        ['that is too long', 'a'.repeat(129)],
      ] as const
    ).map(
      ([what, id]) =>
        [
          `an id ${what}`,
          `@id("${id}") @reason("r") forbid (principal, action, resource);`,
          /team\.cedar: .*an @id is 1 to 128 letters/,
        ] as const,
    ),
    ...(
      [
        ['that turns the direction of writing', 'no \u202eseye-ruof'],
        ['with a line break', 'one\ntwo'],
        ['that is too long', 'a'.repeat(501)],
      ] as const
    ).map(
      ([what, reason]) =>
        [
          `a reason ${what}`,
          `@id("mine") @reason("${reason}") forbid (principal, action, resource);`,
          /team\.cedar: mine: a @reason is/,
        ] as const,
    ),
    ['an action that there is not', named('permit (principal, action == Action::"dance", resource);'), /team\.cedar: mine: .*dance/],
    ['an entity type that there is not', named('permit (principal is Robot, action, resource);'), /Robot/],
    [
      'an attribute that the schema does not have',
      named('forbid (principal, action == Action::"releaseChange", resource) when { context.mood == "bad" };'),
      /mood/,
    ],
    [
      'a number compared with a text',
      named('forbid (principal, action == Action::"releaseChange", resource) when { context.approvals.people == "two" };'),
      /team\.cedar: mine/,
    ],
    [
      'a tag that is read unasked',
      named('forbid (principal, action == Action::"openWave", resource) when { context.approvals.getTag("security") < 1 };'),
      /team\.cedar: mine/,
    ],
    [
      'a number that would be rounded on its way to the engine',
      named('forbid (principal, action == Action::"openWave", resource) when { context.approvals.people < 9007199254740993 };'),
      /team\.cedar: mine: a number is at most 9007199254740991/,
    ],
    ['a template', named('permit (principal == ?principal, action, resource);'), /template/],
  ]
  test.each(rows)('%s', (_, text, message) => {
    expect(loading(text)).toThrow(PolicyError)
    expect(loading(text)).toThrow(message)
  })

  test('a schema that does not parse', () => {
    expect(() => loadPolicies({ ...houseFiles, schema: 'entity' })).toThrow(PolicyError)
  })
  test('no policies at all', () => {
    expect(() => loadPolicies({ schema: houseFiles.schema, policies: {} })).toThrow(/nobody could do anything/)
  })
})

test('the version names the texts: the same ones have one, any edit makes another', () => {
  expect(loadPolicies(houseFiles).version).toBe(housePolicies.version)
  expect(loading(named('forbid (principal, action == Action::"submitPatch", resource);'))().version).not.toBe(housePolicies.version)
  expect(loadPolicies({ ...houseFiles, schema: `${houseFiles.schema}\n// a word` }).version).not.toBe(housePolicies.version)
})

test('two sets live beside each other', () => {
  const other = loading(named('forbid (principal, action == Action::"submitPatch", resource);'))()
  expect(other.policies.map(({ id }) => id)).toContain('mine')
  expect(housePolicies.policies.map(({ id }) => id)).not.toContain('mine')
})

test('every rule of the house has a sentence for people', () => {
  for (const { reason } of housePolicies.policies) expect(reason).toMatch(/\w+ \w+/)
})

test('an edit of settings, calendar or a fleet’s rules makes another version', () => {
  const rule = named('forbid (principal, action == Action::"releaseChange", resource in Fleet::"edge");')
  const edits = [
    { settings: '{ "tiers": { "edge": "production" } }' },
    { freezes: '{ "freezes": [{ "name": "f", "reason": "r", "timeZone": "UTC", "every": "day", "from": "00:00", "until": "01:00" }] }' },
    { teams: { edge: { 'a.cedar': rule } } },
    { policies: { ...houseFiles.policies, 'a.cedar': rule } },
  ]
  const versions = [housePolicies, ...edits.map(edit => loadPolicies({ ...houseFiles, ...edit }))].map(({ version }) => version)
  expect(new Set(versions).size).toBe(versions.length)
})

/* The engine would not refuse these: it would break, for every policy that it reads after them. */
describe('policies are bounded before the engine reads them', () => {
  const asking = (when: string): string => named(`forbid (principal, action == Action::"proposeChange", resource) when { ${when} };`)
  const people = (count: number): string => Array.from({ length: count }, (_, index) => `principal == Person::"${index}"`).join(' || ')
  const deep = (count: number): string => `${'('.repeat(count)}true${')'.repeat(count)}`

  test.each([
    ['brackets', deep(20_000), /at most 32 deep/],
    ['lists', `${'['.repeat(20_000)}1${']'.repeat(20_000)} == [1]`, /at most 32 deep/],
    ['brackets behind a mark in a comment', `// "\n${deep(20_000)}`, /at most 32 deep/],
    ['brackets between two texts', `"\\"" == "//" && ${deep(20_000)}`, /at most 32 deep/],
    ['brackets behind a text that does not end', `"${'('.repeat(20_000)}`, /does not end/],
    ['conditions', `${'if true then '.repeat(2_000)}true${' else false'.repeat(2_000)}`, /at most 400 operators/],
    ['sums', `${'1+'.repeat(20_000)}1 == 1`, /at most 400 operators/],
    ['attributes', `context${'.a'.repeat(20_000)}`, /at most 400 operators/],
    ['calls', `[1]${'.containsAll([1])'.repeat(2_000)}`, /at most 400 operators/],
    ['alternatives', people(100), /nested too deep/],
  ])('too many %s', (_, when, says) => {
    expect(loading(asking(when))).toThrow(PolicyError)
    expect(loading(asking(when))).toThrow(says)
  })

  test('what people write is read, also after all these', () => {
    const brackets = `resource == Fleet::"${'('.repeat(1_000)}" // ${'['.repeat(1_000)}\n`
    for (const when of [people(50), deep(30), brackets]) expect(loading(asking(when))).not.toThrow()
  })
})
