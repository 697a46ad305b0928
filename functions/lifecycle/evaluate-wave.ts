import { activeWave, fillWave } from '../../shared/change/index.ts'
import { exceededBudget, isFilled, waveCounts } from '../../shared/rollout/index.ts'
import { appendChange, byWorkflow, leaveOf } from '../append-change.ts'
import type { Ports } from '../ports.ts'
import { wakeIfDue } from '../wake.ts'

export type EvaluatePorts = Pick<Ports, 'ledger' | 'fleets' | 'policy' | 'workflow' | 'now' | 'newId'>

type Seen = 'no-open-wave' | 'running' | 'exceeded'

/**
 * Looks at the open wave of a change, if it has one: filled, and the soak begins; a budget exceeded, and the workflow is woken at once
 * to judge it. Counts come from the exact counters. Called after each batch of reports, when the workflow begins to wait, and by the sweep.
 */
export const evaluateWave = async (ports: EvaluatePorts, id: string): Promise<void> => {
  const looked = await appendChange<Seen>(ports, id, async loaded => {
    const { change } = loaded
    const wave = activeWave(change)
    if (wave === null || change.rollout?.waves[wave]?.state !== 'open') return { settled: 'no-open-wave' }
    const counts = waveCounts(change.plan.waves[wave]?.share ?? 0, await ports.fleets.slots(change.fleet, id))
    if (!isFilled(counts)) return { settled: exceededBudget(change.plan, counts) ? 'exceeded' : 'running' }
    const filled = fillWave(change, { wave, counts })
    return filled.ok ? byWorkflow(filled.events, leaveOf(ports, 'fillWave', loaded)) : { settled: 'no-open-wave' }
  })
  if (looked === null || ('settled' in looked && looked.settled === 'running')) return
  if ('settled' in looked && looked.settled === 'exceeded') await wakeToJudge(ports, id)
  else await wakeIfDue(ports, id)
}

/** A used-up budget is no event of the change: the gate records it as a halt, with the counts of that moment. */
const wakeToJudge = async ({ ledger, workflow }: EvaluatePorts, id: string): Promise<void> => {
  const waiting = await ledger.waiting(id)
  if (waiting?.for === 'wave') await workflow.wake(waiting.token, { filled: false })
}
