import type { Change } from '../../shared/change/index.ts'
import type { Stack } from '../../shared/kernel/index.ts'
import type { CohortCount } from '../../shared/store/index.ts'
import type { Verdict } from '../../shared/verdict/index.ts'
import type { Ports } from '../ports.ts'
import { verdictsOf } from './verdicts-of.ts'

/** Hosts that carry the change's livepatch have arrived (or are on the way): theirs is the stack that the verdict foretold. */
const hasArrived = (change: Change, { stack }: { readonly stack: Stack }): boolean =>
  stack.livepatches.some(({ digest }) => digest === change.livepatch)

const namesIn = (entries: readonly { readonly name: string }[]): readonly string[] => entries.map(({ name }) => name)

/**
 * Whether a stack is what remains of another while its livepatches are disabled one by one: some of them, in the same order, or modules of
 * theirs that are not removed yet. A bare stack may be that, and may as well be a host that has rebooted, so it is not told apart here.
 */
const remainsOf = (stack: Stack, whole: Stack): boolean => {
  if (stack.kernelRelease !== whole.kernelRelease || stack.forced !== whole.forced) return false
  const [names, all] = [namesIn(stack.livepatches), namesIn(whole.livepatches)]
  const inMemory = namesIn(stack.resident).filter(name => !namesIn(whole.resident).includes(name))
  const isLess = names.length < all.length || stack.livepatches.some(({ enabled, transition }) => !enabled || transition)
  const isSame = all.filter(name => names.includes(name)).join(' ') === names.join(' ')
  return isLess && isSame && inMemory.every(name => all.includes(name)) && names.length + inMemory.length > 0
}

/** Hosts that are on the route disable-then-load of this change: they began on a stack that a verdict covers. */
const isBetween = (change: Change, verdicts: readonly Verdict[], { stack }: { readonly stack: Stack }): boolean =>
  change.plan.route === 'disable-then-load' && verdicts.some(({ cohorts }) => cohorts.some(cohort => remainsOf(stack, cohort.stack)))

/** Hosts that a change has still to move. */
export const isToMove = (change: Change, verdicts: readonly Verdict[], cohort: { readonly stack: Stack }): boolean =>
  !hasArrived(change, cohort) && !isBetween(change, verdicts, cohort)

/** Live cohorts that no verdict covers: what would happen on them, nobody has looked at or approved. */
export const driftOf = (change: Change, verdicts: readonly Verdict[], live: readonly CohortCount[]): readonly CohortCount[] => {
  const covered = new Set(verdicts.flatMap(({ cohorts }) => cohorts).map(({ cohort }) => cohort))
  return live.filter(cohort => cohort.hosts > 0 && !covered.has(cohort.cohort) && isToMove(change, verdicts, cohort))
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
