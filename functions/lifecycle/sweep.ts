import type { ChangeHead } from '../../shared/store/index.ts'
import type { Log } from '../log.ts'
import type { Ports } from '../ports.ts'
import { wakeIfDueOrLate } from '../wake.ts'
import { type EvaluatePorts, evaluateWave } from './evaluate-wave.ts'
import { releaseIfDue } from './release-if-due.ts'

export type SweepPorts = EvaluatePorts & Pick<Ports, 'ledger' | 'holds' | 'catalog' | 'workflow'> & { readonly log: Log }

const PAGE = 100

/** A change that was recorded just before a crash has no execution yet; starting one that runs or ran changes nothing. */
const sweepOne = async (ports: SweepPorts, { id, status }: ChangeHead): Promise<void> => {
  if (status === 'proposed') await ports.workflow.start(id)
  if (status === 'in-review') await releaseIfDue(ports, id)
  if (status === 'rolling') await evaluateWave(ports, id)
  await wakeIfDueOrLate(ports, id)
}

/**
 * Once a minute: starts executions that are missing, releases what a freeze or a hold kept back until now, and wakes waits whose condition is met or whose time is over. A wake-up
 * that got lost costs a minute and never the change. One change that cannot be looked at keeps no other waiting; the run still fails in the end, so that an alarm sees it.
 */
export const sweep = (ports: SweepPorts) => async (): Promise<{ readonly seen: number }> => {
  const failures: unknown[] = []
  let seen = 0
  let cursor: string | undefined
  do {
    const page = await ports.ledger.open({ limit: PAGE, cursor })
    for (const head of page.items) {
      seen += 1
      await sweepOne(ports, head).catch((error: unknown) => {
        failures.push(error)
        ports.log('error', 'sweeping a change failed', { change: head.id, error })
      })
    }
    cursor = page.next
  } while (cursor !== undefined)
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} of ${seen} changes could not be swept`)
  return { seen }
}
