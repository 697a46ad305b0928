import type { Change, Rejudged } from '../../shared/change/index.ts'
import type { CohortCount } from '../../shared/store/index.ts'
import { judgeRecorded, type Verdict, worseThan } from '../../shared/verdict/index.ts'
import { type JudgePorts, judgedOnFleet } from '../judged-on-fleet.ts'
import { isToMove } from './drift-of.ts'

/** What is recorded of it in the ledger, whose items have a bound; the verdict itself holds all of it. */
const WORSE_MAX = 20
const COHORTS_MAX = 256

/**
 * Judges a change again on the stacks of the hosts that it has still to move, because some of them are new. The verdict is stored like
 * any other, and compared with the one that people approved, never with a later one, so that nothing gets worse by small steps.
 */
export const rejudge = async (
  ports: JudgePorts,
  change: Change,
  approved: Verdict,
  drift: readonly CohortCount[],
): Promise<{ readonly verdict: Verdict; readonly rejudged: Omit<Rejudged, 'at'> }> => {
  const livepatch = await ports.catalog.manifest(change.livepatch)
  if (!livepatch) throw new Error(`the catalog has no livepatch ${change.livepatch}`)
  const asked = await judgedOnFleet(ports, change, livepatch)
  const { verdict, inputs } = judgeRecorded({
    ...asked,
    route: change.plan.route,
    cohorts: asked.cohorts.filter(cohort => isToMove(change, [approved], cohort)),
  })
  const worse = worseThan(verdict, approved)
  return {
    verdict,
    rejudged: {
      verdict: await ports.catalog.putVerdict(verdict, inputs),
      cohorts: drift.slice(0, COHORTS_MAX).map(({ cohort }) => cohort),
      hosts: drift.reduce((sum, { hosts }) => sum + hosts, 0),
      worse: worse.length > WORSE_MAX ? [...worse.slice(0, WORSE_MAX), `and ${worse.length - WORSE_MAX} more`] : worse,
    },
  }
}
