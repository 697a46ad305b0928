import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { authorize, doubtsAbout, loadPolicies } from '../../shared/policy/index.ts'
import { anyRequest } from './any-request.ts'
import { houseFiles, housePolicies } from './house-policies.ts'

const rule = (id: string, text: string) => `@id("${id}") @reason("because") ${text}`
const loaded = (...texts: readonly string[]) =>
  loadPolicies({
    ...houseFiles,
    policies: { ...houseFiles.policies, 'own.cedar': texts.map((text, index) => rule(`own-${index}`, text)).join('\n') },
  })

test('every rule of the house can apply, and none is idle', () => {
  expect(doubtsAbout(housePolicies)).toEqual({ unreachable: [], idle: [] })
})

const MOVE = 'principal, action in Action::"move", resource'
const WAVE = 'principal, action == Action::"openWave", resource'

describe('a rule adds nothing', () => {
  const rows: readonly (readonly [sentence: string, texts: readonly string[], idle: readonly string[]])[] = [
    [
      'where it says what another says',
      [`forbid (${WAVE}) when { context.plan.waves > 9 };`, `forbid (${WAVE}) when { context.plan.waves > 9 };`],
      ['own-1: own-0'],
    ],
    [
      'where it says so in another order',
      [
        `forbid (${WAVE}) when { context.plan.waves > 9 && context.tier == "lab" };`,
        `forbid (${WAVE}) when { "lab" == context.tier } when { context.plan.waves > 9 };`,
      ],
      ['own-1: own-0'],
    ],
    [
      'where another asks for less',
      [`forbid (${WAVE}) when { context.plan.waves > 9 };`, `forbid (${WAVE}) when { context.plan.waves > 9 && context.tier == "lab" };`],
      ['own-1: own-0'],
    ],
    [
      'where another speaks about more',
      [
        `forbid (principal, action == Action::"releaseChange", resource in Fleet::"edge") when { context.plan.waves > 9 };`,
        `forbid (${MOVE}) when { context.plan.waves > 9 };`,
      ],
      ['own-0: own-1'],
    ],
    [
      'where a rule of the house says it',
      [`forbid (${WAVE}) when { context.approvals.changesRequested > 0 };`],
      ['own-0: no-open-request-for-changes'],
    ],
    [
      'where it permits what is always forbidden',
      [
        'permit (principal == Person::"eve", action == Action::"submitPatch", resource);',
        'forbid (principal, action == Action::"submitPatch", resource);',
      ],
      ['own-0: own-1', 'submit: own-1'],
    ],
    [
      'not where it asks for something else',
      [`forbid (${WAVE}) when { context.plan.waves > 9 };`, `forbid (${WAVE}) when { context.plan.waves > 8 };`],
      [],
    ],
    [
      'not where it speaks about another fleet',
      [
        `forbid (principal, action == Action::"openWave", resource in Fleet::"edge");`,
        `forbid (principal, action == Action::"openWave", resource in Fleet::"core");`,
      ],
      [],
    ],
    [
      'not where a condition is turned round',
      [`forbid (${WAVE}) when { context.tier == "lab" };`, `forbid (${WAVE}) unless { context.tier == "lab" };`],
      [],
    ],
  ]
  test.each(rows)('%s', (_, texts, idle) => {
    const found = doubtsAbout(loaded(...texts)).idle
    expect(found).toHaveLength(idle.length)
    for (const [index, told] of idle.entries()) {
      const [id, other] = told.split(': ')
      expect(found[index]).toMatch(new RegExp(`\\.cedar: ${id}: ${other} \\(`))
    }
  })

  test('and may be left out without changing any decision', () => {
    const bodies = [
      '',
      'when { context.plan.waves > 2 }',
      'when { context.plan.waves > 2 && context.outsideWindows }',
      'unless { context.approvals.people >= 2 }',
    ]
    const heads = [MOVE, WAVE, 'principal, action == Action::"openWave", resource in Fleet::"edge"']
    const anyRule = fc
      .record({ head: fc.constantFrom(...heads), body: fc.constantFrom(...bodies) })
      .map(({ head, body }) => `forbid (${head}) ${body};`)
    const questions = fc.array(
      anyRequest.filter(({ action }) => action === 'openWave' || action === 'releaseChange'),
      { minLength: 8, maxLength: 8 },
    )
    fc.assert(
      fc.property(fc.array(anyRule, { minLength: 2, maxLength: 5 }), questions, (texts, requests) => {
        const all = loaded(...texts)
        const idle = doubtsAbout(all).idle.flatMap(told => /own-(\d+): /.exec(told)?.[1] ?? [])
        const rest = loaded(
          ...texts.map((text, index) =>
            idle.includes(String(index)) ? 'forbid (principal, action == Action::"enrolHost", resource) when { false };' : text,
          ),
        )
        for (const request of requests) expect(authorize(rest, request).allowed).toBe(authorize(all, request).allowed)
      }),
      { numRuns: 10 },
    )
  })
})

describe('a rule that looks for what can never be is told like one that can never apply', () => {
  test.each([
    [`forbid (${MOVE}) when { context.verdict.review.contains("fixes-gone") };`, 'context.verdict.review never holds "fixes-gone"'],
    [`forbid (${MOVE}) when { context.verdict.outcome == "blocked" };`, 'context.verdict.outcome never holds "blocked"'],
    [
      `forbid (${MOVE}) unless { context.approvals.signedOff.containsAll(["downgrade", "downgrades"]) };`,
      'context.approvals.signedOff never holds "downgrades"',
    ],
    [
      'forbid (principal, action == Action::"approveChange", resource) when { ["accept"].contains(context.decision) };',
      'context.decision never holds "accept"',
    ],
    [`forbid (${MOVE}) when { context.held.contains("fleets") };`, 'context.held never holds "fleets"'],
  ])('%s', (text, told) => {
    expect(doubtsAbout(loaded(text)).unreachable).toEqual([expect.stringContaining(`own.cedar: own-0: ${told}`)])
  })
  test('names of freezes, tiers and groups are whatever a house makes them', () => {
    expect(
      doubtsAbout(
        loaded(
          `forbid (${MOVE}) when { context.tier == "anything" || context.frozen.contains("x") || context.unconsented.contains("y") };`,
        ),
      ).unreachable,
    ).toEqual([])
  })
})

describe('a rule whose conditions nothing meets together is told, too', () => {
  test.each([
    ['when { context.plan.firstShare > 10000 }', 'no context.plan.firstShare meets all of its conditions; it is 1 to 10000'],
    ['when { context.plan.firstShare > 100 && context.plan.firstShare < 100 }', 'no context.plan.firstShare meets'],
    [
      'when { 5 <= context.plan.waves } when { context.plan.waves < 5 }',
      'no context.plan.waves meets all of its conditions; it is 1 or more',
    ],
    ['unless { context.approvals.people >= 0 }', 'no context.approvals.people meets'],
    ['unless { context.plan.waves < 3 || context.plan.waves >= 3 }', 'no context.plan.waves meets'],
    ['when { context.verdict.outcome == "clear" && "note" == context.verdict.outcome }', 'no context.verdict.outcome meets'],
    ['when { context.tier == "lab" } when { context.tier == "edge" && context.outsideWindows }', 'no context.tier meets'],
  ])('%s', (conditions, told) => {
    expect(doubtsAbout(loaded(`forbid (${MOVE}) ${conditions};`)).unreachable).toEqual([
      expect.stringContaining(`own.cedar: own-0: ${told}`),
    ])
  })
  test.each([
    'when { context.plan.firstShare > 9999 }',
    'when { context.plan.waves >= 3 && context.plan.waves <= 3 }',
    'when { context.plan.waves < 3 || context.plan.waves > 3 }',
    'unless { context.approvals.people >= 1 }',
    'unless { context.plan.waves < 3 && context.plan.waves >= 3 }',
    'when { context.tier == "lab" || context.tier == "edge" }',
    'when { context.tier == "lab" } unless { context.tier == "edge" }',
    'when { !(context.plan.waves < 3 && context.plan.waves > 3) }',
  ])('not one that can be met: %s', conditions => {
    expect(doubtsAbout(loaded(`forbid (${MOVE}) ${conditions};`)).unreachable).toEqual([])
  })
})
