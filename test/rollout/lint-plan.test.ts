import { describe, expect, test } from '@jest/globals'
import { lintPlan } from '../../shared/rollout/index.ts'
import { evenFleet, plan } from './examples.ts'

const cohort = (hosts: number) => ({ cohort: 'c'.repeat(64), hosts })

describe('what a plan is warned of', () => {
  test('nothing, where every wave has hosts, time and bounds', () => {
    expect(lintPlan(plan(), evenFleet(10), [cohort(1_000)])).toEqual([])
  })

  test.each<[string, ReturnType<typeof lintPlan>, string]>([
    [
      'a fleet without hosts',
      lintPlan(plan(), evenFleet(0)),
      'The fleet has no host yet: every wave would pass without having shown anything.',
    ],
    [
      'a canary without a host',
      lintPlan(
        plan(),
        evenFleet(1).map(slot => (slot.slot < 5 ? { ...slot, hosts: 0 } : slot)),
      ),
      'Wave 1 (5 %) adds no host, so it shows nothing; widen its share.',
    ],
    [
      'a canary that may miss a cohort',
      lintPlan(plan(), evenFleet(10), [cohort(1_000), { cohort: `d${'0'.repeat(63)}`, hosts: 19 }]),
      'The first wave (5 %) may miss cohort d00000000000: with 19 hosts it would hold fewer than one of them.',
    ],
    [
      'a wave that does not grow',
      lintPlan(plan({ waves: [{ share: 5_000 }, { share: 5_000 }, { share: 10_000 }] }), evenFleet(10)),
      'Wave 2 (50 %) opens nothing that wave 1 left closed.',
    ],
    [
      'a plan that stops early',
      lintPlan(plan({ waves: [{ share: 500 }, { share: 9_000 }] }), evenFleet(10)),
      'The last wave stops at 90 % of the fleet, so 10 % of it is never asked.',
    ],
    [
      'a wave shorter than two polls',
      lintPlan(plan({ waveSecondsMax: 50 }), evenFleet(10)),
      'A wave closes after 50 s, but hosts poll every 30 s: healthy hosts would count as silent.',
    ],
    [
      'a soak shorter than a poll',
      lintPlan(plan({ soakSeconds: 5 }), evenFleet(10)),
      'A filled wave is watched for 5 s, less than the 30 s after which a host next speaks.',
    ],
    [
      'a plan of one wave',
      lintPlan(plan({ waves: [{ share: 10_000 }] }), evenFleet(10)),
      'The plan has one wave: the whole fleet is asked at once.',
    ],
    [
      'a budget that stops nothing',
      lintPlan(plan({ budgets: { ...plan().budgets, failed: { count: 100, share: 0.5 } } }), evenFleet(10)),
      'The budget for failed hosts lets half of a wave go wrong before anything stops.',
    ],
  ])('%s', (_, warnings, sentence) => {
    expect(warnings).toContain(sentence)
  })
})
