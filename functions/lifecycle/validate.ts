import { isTerminal, judge } from '../../shared/change/index.ts'
import type { Loaded } from '../../shared/store/index.ts'
import { appendChange, byWorkflow, leaveOf } from '../append-change.ts'
import { judgeNow } from '../judge-now.ts'
import type { JudgePorts } from '../judged-on-fleet.ts'
import type { Ports } from '../ports.ts'

export type ValidatePorts = JudgePorts & Pick<Ports, 'ledger' | 'policy' | 'now' | 'newId'>
export type Validated = { readonly admissible: boolean; readonly ended: boolean; readonly approvalSecondsMax: number }

const answerOf = ({ change }: Loaded): Validated => ({
  admissible: !isTerminal(change.status),
  ended: isTerminal(change.status),
  approvalSecondsMax: change.plan.approvalSecondsMax,
})

/** First task: what the livepatch would do to every cohort of the fleet, as a verdict that approvals will be bound to. */
export const validate =
  (ports: ValidatePorts) =>
  async ({ change: id }: { readonly change: string }): Promise<Validated> => {
    const appended = await appendChange<Validated>(ports, id, async loaded => {
      if (loaded.change.status !== 'proposed') return { settled: answerOf(loaded) }
      const outcome = judge(loaded.change, await judgeNow(ports, loaded.change))
      return outcome.ok ? byWorkflow(outcome.events, leaveOf(ports, 'judgeChange', loaded)) : { settled: answerOf(loaded) }
    })
    if (!appended) throw new Error(`there is no change ${id}`)
    return 'loaded' in appended ? answerOf(appended.loaded) : appended.settled
  }
