import { complete } from '../../shared/change/index.ts'
import { edgesOf } from '../../shared/lineage/index.ts'
import { BUCKETS, closingCounts } from '../../shared/rollout/index.ts'
import type { Loaded } from '../../shared/store/index.ts'
import { acceptedIn, type CohortVerdict, type Verdict } from '../../shared/verdict/index.ts'
import { appendChange, byWorkflow, leaveOf } from '../append-change.ts'
import { knownLivepatches } from '../known-livepatches.ts'
import type { Ports } from '../ports.ts'
import { verdictsOf } from './verdicts-of.ts'

export type RecordPorts = Pick<Ports, 'ledger' | 'catalog' | 'fleets' | 'lineage' | 'policy' | 'now' | 'newId'>

/** A cohort with what was accepted by name and stays open there; it is told without the code that it was named with. */
const withLeftOpen = ({ findings }: Verdict, cohort: CohortVerdict) => {
  const accepted = acceptedIn({ findings: findings.filter(finding => finding.cohort === cohort.cohort) })
  return { ...cohort, leftOpen: accepted.map(named => named.slice(named.indexOf(':') + 1)) }
}

/**
 * The verdicts' cohorts are the hosts as the change found them, those that appeared while it rolled out as a later verdict found them;
 * the time of the edges is the release's, so that a repetition makes the same ones.
 */
const recordEdges = async ({ catalog, lineage }: RecordPorts, { change }: Loaded): Promise<void> => {
  const verdicts = await verdictsOf({ catalog }, change)
  const own = await catalog.manifest(change.livepatch)
  if (!own || !change.rollout) throw new Error(`${change.id} was completed without having been judged and released`)
  const moved = verdicts
    .toReversed()
    .flatMap(verdict => verdict.cohorts.map(cohort => [cohort.cohort, withLeftOpen(verdict, cohort)] as const))
  const cohorts = [...new Map(moved).values()]
  const known = await knownLivepatches(catalog, cohorts)
  const manifests = new Map([own, ...known.values()].map(manifest => [manifest.digest, manifest]))
  await lineage.add(edgesOf({ change, cohorts, manifests, at: change.rollout.releasedAt }))
}

/** Last task: who replaced whom, and then `completed`, which gives the fleet's lock back. */
export const recordLineage =
  (ports: RecordPorts) =>
  async ({ change: id }: { readonly change: string }): Promise<Record<string, never>> => {
    const appended = await appendChange<null>(ports, id, async loaded => {
      const counts = closingCounts(BUCKETS, await ports.fleets.slots(loaded.change.fleet, id))
      const outcome = complete(loaded.change, { counts })
      if (!outcome.ok && outcome.refused === 'ended') return { settled: null }
      if (!outcome.ok) throw new Error(`${id} does not complete: ${outcome.detail}`)
      await recordEdges(ports, loaded)
      return byWorkflow(outcome.events, leaveOf(ports, 'completeChange', loaded))
    })
    if (!appended) throw new Error(`there is no change ${id}`)
    return {}
  }
