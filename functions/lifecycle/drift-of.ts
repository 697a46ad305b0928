import type { Change } from '../../shared/change/index.ts'
import type { CohortCount } from '../../shared/store/index.ts'
import type { Verdict } from '../../shared/verdict/index.ts'

/** Hosts that carry the change's livepatch have arrived (or are on the way): theirs is the stack that the verdict foretold. */
const hasArrived = (change: Change, { stack }: CohortCount): boolean => stack.livepatches.some(({ digest }) => digest === change.livepatch)

/** Live cohorts that the verdict did not cover: what would happen on them, nobody has looked at or approved. */
export const driftOf = (change: Change, verdict: Verdict, live: readonly CohortCount[]): readonly CohortCount[] => {
  const covered = new Set(verdict.cohorts.map(({ cohort }) => cohort))
  return live.filter(cohort => cohort.hosts > 0 && !covered.has(cohort.cohort) && !hasArrived(change, cohort))
}

/** "2 hosts run a stack that the verdict does not cover: 6.1.0 with lp_other (cohort 1a2b3c4d5e6f)" */
export const describeDrift = (drift: readonly CohortCount[]): string => {
  const hosts = drift.reduce((sum, cohort) => sum + cohort.hosts, 0)
  const [first] = drift
  const names = first?.stack.livepatches.map(({ name }) => name).join(', ')
  const example = first ? `${first.stack.kernelRelease} with ${names || 'no livepatch'} (cohort ${first.cohort.slice(0, 12)})` : ''
  return `${hosts} ${hosts === 1 ? 'host runs' : 'hosts run'} a stack that the verdict does not cover: ${example}`
}
