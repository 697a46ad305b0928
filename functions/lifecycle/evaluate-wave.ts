import { activeWave, fillWave, type HaltCommand, halt } from '../../shared/change/index.ts'
import { describeExceeded, exceededBudget, isFilled, waveCounts } from '../../shared/rollout/index.ts'
import { appendChange, byWorkflow, leaveOf } from '../append-change.ts'
import type { Ports } from '../ports.ts'
import { wakeIfDue } from '../wake.ts'

export type EvaluatePorts = Pick<Ports, 'ledger' | 'fleets' | 'policy' | 'workflow' | 'now' | 'newId'>

type Seen = 'no-open-wave' | 'running'

/** The halt that a used-up budget is; `detail`: of the budget and the counts of that moment. */
export const budgetHalt = (wave: number, detail: string): HaltCommand => ({
  code: 'budget-exceeded',
  detail: `Wave ${wave + 1}: ${detail}.`,
})

/**
 * Looks at the open wave of a change, if it has one: filled, and the soak begins; a budget exceeded, and the change halts, wherever its workflow
 * is. What it does then, to tell the hosts among it, the workflow does that is woken. Counts come from the exact counters. Called after each batch
 * of reports, when the workflow begins to wait, and by the sweep.
 */
export const evaluateWave = async (ports: EvaluatePorts, id: string): Promise<void> => {
  const looked = await appendChange<Seen>(ports, id, async loaded => {
    const { change } = loaded
    const wave = activeWave(change)
    if (wave === null || change.rollout?.waves[wave]?.state !== 'open') return { settled: 'no-open-wave' }
    const counts = waveCounts(change.plan.waves[wave]?.share ?? 0, await ports.fleets.slots(change.fleet, id))
    if (isFilled(counts)) {
      const filled = fillWave(change, { wave, counts })
      return filled.ok ? byWorkflow(filled.events, leaveOf(ports, 'fillWave', loaded)) : { settled: 'no-open-wave' }
    }
    const exceeded = exceededBudget(change.plan, counts)
    if (!exceeded) return { settled: 'running' }
    const halted = halt(change, budgetHalt(wave, describeExceeded(exceeded)))
    return halted.ok ? byWorkflow(halted.events, leaveOf(ports, 'haltChange', loaded)) : { settled: 'no-open-wave' }
  })
  if (looked === null || ('settled' in looked && looked.settled === 'running')) return
  await wakeIfDue(ports, id)
}
