import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { planDefaults, planOf, problemsOf } from '../../shared/policy/index.ts'
import { Plan } from '../../shared/rollout/index.ts'

test('the default plan is five per cent, half, all, and sound', () => {
  expect(planDefaults.waves.map(({ share }) => share)).toEqual([500, 5_000, 10_000])
  expect(Plan.parse(planDefaults)).toEqual(planDefaults)
  expect(problemsOf(planDefaults)).toEqual([])
})

describe('a plan takes what is asked and the defaults for the rest', () => {
  const rows: readonly (readonly [string, unknown, object])[] = [
    ['nothing asked', undefined, planDefaults],
    ['null asked', null, planDefaults],
    ['one number', { soakSeconds: 1 }, { ...planDefaults, soakSeconds: 1 }],
    ['other waves', { waves: [{ share: 10_000 }] }, { ...planDefaults, waves: [{ share: 10_000 }] }],
    [
      'half a budget',
      { budgets: { failed: { count: 0 } } },
      { ...planDefaults, budgets: { ...planDefaults.budgets, failed: { count: 0, share: planDefaults.budgets.failed.share } } },
    ],
  ]
  test.each(rows)('%s', (_, asked, plan) => {
    expect(planOf(asked)).toEqual({ ok: true, plan })
  })
})

describe('a plan is refused with every problem named', () => {
  const rows: readonly (readonly [string, unknown, readonly RegExp[]])[] = [
    ['waves that shrink', { waves: [{ share: 5_000 }, { share: 500 }, { share: 10_000 }] }, [/larger share/]],
    ['a wave twice', { waves: [{ share: 5_000 }, { share: 5_000 }, { share: 10_000 }] }, [/larger share/]],
    ['waves that never reach everybody', { waves: [{ share: 500 }] }, [/whole fleet/]],
    ['no waves', { waves: [] }, [/plan\.waves/]],
    ['a share that is no whole per cent', { waves: [{ share: 550 }, { share: 10_000 }] }, [/plan\.waves\.0\.share/]],
    ['a wave shorter than two polls', { pollSeconds: 60, waveSecondsMax: 90 }, [/two polls/]],
    ['two problems at once', { waves: [{ share: 500 }], pollSeconds: 60, waveSecondsMax: 90 }, [/whole fleet/, /two polls/]],
    ['a word it does not know', { soakMinutes: 3 }, [/soakMinutes/]],
    ['a word it does not know, deep inside', { budgets: { failed: { percent: 3 } } }, [/percent/]],
    ['a text for a number', { soakSeconds: '5' }, [/plan\.soakSeconds/]],
    ['no plan at all', 'fast', [/plan/]],
  ]
  test.each(rows)('%s', (_, asked, patterns) => {
    const planned = planOf(asked)
    if (planned.ok) throw new Error('the plan was taken')
    expect(planned.problems).toHaveLength(patterns.length)
    patterns.forEach((pattern, index) => {
      expect(planned.problems[index]).toMatch(pattern)
    })
  })
})

test('whatever plan comes out is one that the schema takes, that grows, and that ends with everybody', () => {
  const asked = fc.record(
    {
      waves: fc.array(fc.record({ share: fc.integer({ min: 1, max: 100 }).map(n => n * 100) }), { minLength: 1, maxLength: 5 }),
      soakSeconds: fc.nat(100),
      pollSeconds: fc.integer({ min: 1, max: 100 }),
      waveSecondsMax: fc.integer({ min: 1, max: 300 }),
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(asked, request => {
      const planned = planOf(request)
      if (!planned.ok) return
      const shares = Plan.parse(planned.plan).waves.map(({ share }) => share)
      expect(shares).toEqual([...new Set(shares)].toSorted((a, b) => a - b))
      expect(shares.at(-1)).toBe(10_000)
    }),
  )
})
