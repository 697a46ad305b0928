import type { Change } from '../../shared/change/index.ts'
import type { Stack } from '../../shared/kernel/index.ts'
import type { CohortCount } from '../../shared/store/index.ts'
import type { Verdict } from '../../shared/verdict/index.ts'
import type { Ports } from '../ports.ts'
import { verdictsOf } from './verdicts-of.ts'

/** Hosts that carry the change's livepatch have arrived (or are on the way): theirs is the stack that the verdict foretold. */
export const hasArrived = (change: Change, { stack }: { readonly stack: Stack }): boolean =>
  stack.livepatches.some(({ digest }) => digest === change.livepatch)

/** Live cohorts that no verdict covers: what would happen on them, nobody has looked at or approved. */
export const driftOf = (change: Change, verdicts: readonly Verdict[], live: readonly CohortCount[]): readonly CohortCount[] => {
  const covered = new Set(verdicts.flatMap(({ cohorts }) => cohorts).map(({ cohort }) => cohort))
  return live.filter(cohort => cohort.hosts > 0 && !covered.has(cohort.cohort) && !hasArrived(change, cohort))
}

/** The same of a change as it stands, by what its fleet reported. */
export const liveDrift = async (ports: Pick<Ports, 'catalog' | 'fleets'>, change: Change): Promise<readonly CohortCount[]> =>
  driftOf(change, await verdictsOf(ports, change), await ports.fleets.cohorts(change.fleet))

/** "2 hosts run a stack that the verdict does not cover: 6.1.0 with lp_other (cohort 1a2b3c4d5e6f)" */
export const describeDrift = (drift: readonly CohortCount[]): string => {
  const hosts = drift.reduce((sum, cohort) => sum + cohort.hosts, 0)
  const [first] = drift
  const names = first?.stack.livepatches.map(({ name }) => name).join(', ')
  const example = first ? `${first.stack.kernelRelease} with ${names || 'no livepatch'} (cohort ${first.cohort.slice(0, 12)})` : ''
  return `${hosts} ${hosts === 1 ? 'host runs' : 'hosts run'} a stack that the verdict does not cover: ${example}`
}
