import type { Plan } from './plan.ts'
import { closingCounts, type SlotTally, type WaveCounts } from './wave-counts.ts'

export type BudgetName = keyof Plan['budgets']

/** A budget that is used up: how many hosts against what was allowed. */
export type Exceeded = {
  readonly budget: BudgetName
  readonly hosts: number
  readonly of: number
  readonly countMax: number
  readonly shareMax: number
}

/** In the order in which they are looked at and named. */
const BUDGETS = ['failed', 'stalled', 'silent'] as const satisfies readonly BudgetName[]

/** The first budget that the counts exceed: more hosts than its count, or a larger part of the wave than its share. */
export const exceededBudget = (plan: Plan, counts: WaveCounts): Exceeded | null => {
  for (const budget of BUDGETS) {
    const { count, share } = plan.budgets[budget]
    const hosts = counts[budget]
    if (hosts > count || hosts > share * counts.hosts) return { budget, hosts, of: counts.hosts, countMax: count, shareMax: share }
  }
  return null
}

export type WaveJudgement =
  | { readonly gate: 'pass'; readonly counts: WaveCounts }
  | { readonly gate: 'halt'; readonly counts: WaveCounts; readonly exceeded: Exceeded; readonly detail: string }

/**
 * The gate at the end of a wave (by index): all hosts of its share are counted, whatever has no outcome counts against it.
 * `detail` is a sentence for a person.
 */
export const judgeWave = (plan: Plan, wave: number, slots: readonly SlotTally[]): WaveJudgement => {
  const counts = closingCounts(plan.waves[wave]?.share ?? 0, slots)
  const exceeded = exceededBudget(plan, counts)
  return exceeded ? { gate: 'halt', counts, exceeded, detail: describeExceeded(exceeded) } : { gate: 'pass', counts }
}

/** "3 of 20 hosts failed; 2 hosts or 5 % were allowed". */
export const describeExceeded = ({ budget, hosts, of, countMax, shareMax }: Exceeded): string =>
  `${hosts} of ${of} hosts ${budget === 'silent' ? 'are silent' : budget}; ${countMax} ${countMax === 1 ? 'host' : 'hosts'} or ${Number((shareMax * 100).toFixed(2))} % were allowed`
