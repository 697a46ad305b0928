import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { durationText, secondsOf } from '../../console/durations.ts'
import { PLAN_FIELDS, revised } from '../../console/plan-draft.ts'
import { planDefaults } from '../../shared/policy/index.ts'

const told = (plan = planDefaults) => Object.fromEntries(PLAN_FIELDS.map(field => [field.key, field.told(plan)]))

describe('a plan as texts', () => {
  test('is told in the forms in which it is written', () => {
    expect(told()).toEqual({
      waves: '5, 50, 100',
      soakSeconds: '1h',
      waveSecondsMax: '2h',
      approvalSecondsMax: '3d',
      failed: '5 or 2 %',
      stalled: '20 or 5 %',
      silent: '20 or 5 %',
      route: 'replace',
    })
    expect(revised(planDefaults, told())).toEqual({ plan: undefined, wrong: [] })
  })

  test.each([
    [{ waves: '10%, 100' }, { waves: [{ share: 1_000 }, { share: 10_000 }] }],
    [
      { soakSeconds: '90s', waveSecondsMax: '15m' },
      { soakSeconds: 90, waveSecondsMax: 900 },
    ],
    [{ failed: '0 or 0.5 %', silent: '3 or 10%' }, { budgets: { failed: { count: 0, share: 0.005 }, silent: { count: 3, share: 0.1 } } }],
    [{ route: 'disable-then-load' }, { route: 'disable-then-load' }],
  ])('%j is sent as what it says, and nothing else', (draft, plan) => {
    expect(revised(planDefaults, draft)).toEqual({ plan, wrong: [] })
  })

  test.each([
    [{ waves: '5, , 100' }, 'Waves, % of the fleet'],
    [{ waves: '0.5, 100' }, 'Waves, % of the fleet'],
    [{ soakSeconds: 'a while' }, 'Soak'],
    [{ soakSeconds: '-1h' }, 'Soak'],
    [{ failed: '5' }, 'Failed hosts'],
    [{ route: 'sideways' }, 'Route'],
  ])('%j is said to be wrong by its name', (draft, label) => {
    expect(revised(planDefaults, draft).wrong).toEqual([label])
  })

  test('a time that is told is read as the same time', () => {
    fc.assert(fc.property(fc.nat(90 * 86_400), seconds => secondsOf(durationText(seconds)) === seconds))
  })
})
