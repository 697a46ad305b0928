import type { CohortVerdict, Verdict } from '../verdict/index.ts'
import type { Approved } from './counting-approvals.ts'
import { ownerOf, type Settings } from './settings.ts'

/** What owners sign off when they consent. */
export const CONSENT = 'foreign-livepatches'

/**
 * A livepatch whose file the agent did not load itself is somebody else's; it is wiped where the load succeeds and it is listed no
 * more. A host that was forced is left out, so nothing is wiped there.
 */
const wipedOff = ({ result, stack, stackAfter }: CohortVerdict): readonly string[] =>
  result === 'OK' && !stack.forced
    ? stack.livepatches
        .filter(({ name, digest, enabled }) => enabled && digest === null && !stackAfter.includes(name))
        .map(({ name }) => name)
    : []

/** Names of the livepatches that Supersede did not bring to the hosts and that the change would wipe off them. Sorted. */
export const foreignLivepatches = (verdict: Verdict): readonly string[] => [...new Set(verdict.cohorts.flatMap(wipedOff))].sort()

export type Unconsented = { readonly group: string; readonly livepatches: readonly string[] }

/** The groups that own what would be wiped, none of whose members signed that off in an approval that counts; with what they own. */
export const unconsentedOf = (
  settings: Settings,
  verdict: Verdict,
  counting: readonly Pick<Approved, 'by' | 'signOff'>[],
): readonly Unconsented[] => {
  const consenting = new Set(counting.filter(({ signOff }) => signOff.includes(CONSENT)).flatMap(({ by }) => by.groups))
  const owned = Map.groupBy(foreignLivepatches(verdict), livepatch => ownerOf(settings, livepatch))
  return [...owned].filter(([group]) => !consenting.has(group)).map(([group, livepatches]) => ({ group, livepatches }))
}

/** "databases: an approval by one of them that signs off foreign-livepatches (db_hotfix)" */
export const consentText = ({ group, livepatches }: Unconsented): string =>
  `${group}: an approval by one of them that signs off ${CONSENT} (${livepatches.join(', ')})`
