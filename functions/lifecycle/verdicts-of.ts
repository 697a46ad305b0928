import { type Change, coveringVerdicts } from '../../shared/change/index.ts'
import type { Verdict } from '../../shared/verdict/index.ts'
import type { Ports } from '../ports.ts'

/** The verdicts under which a change rolls: the approved one first, then those on stacks that appeared since. */
export const verdictsOf = async ({ catalog }: Pick<Ports, 'catalog'>, change: Change): Promise<readonly Verdict[]> => {
  const digests = coveringVerdicts(change)
  const verdicts = (await Promise.all(digests.map(digest => catalog.verdict(digest)))).filter(verdict => verdict !== null)
  if (verdicts.length === 0 || verdicts.length < digests.length) throw new Error(`a verdict of ${change.id} is not in the catalog`)
  return verdicts
}
