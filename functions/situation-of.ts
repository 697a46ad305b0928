import { type Hold, holdsInForce, type Situation } from '../shared/policy/index.ts'
import type { Ports } from './ports.ts'

export type HoldsPorts = Pick<Ports, 'holds' | 'catalog' | 'now'>
type About = { readonly fleet: string; readonly livepatch: string }

/** Which of the holds that stand keep a change back, each change of a list. Manifests are read only where a series is held. */
export const holdsOnEach = async (
  { holds, catalog, now }: HoldsPorts,
  changes: readonly About[],
  seen?: readonly Hold[],
): Promise<readonly (readonly Hold[])[]> => {
  const at = now()
  const standing = seen ?? (await holds.standing(at))
  if (standing.length === 0) return changes.map(() => [])
  const manifests = standing.some(({ scope }) => scope === 'series')
    ? await catalog.manifests([...new Set(changes.map(({ livepatch }) => livepatch))])
    : null
  const seriesOf = (digest: string): string | null => manifests?.get(digest)?.series ?? null
  return changes.map(({ fleet, livepatch }) => holdsInForce(standing, { fleet, livepatch, series: seriesOf(livepatch) }, at))
}

/** The holds in force on a change, for what is decided on them: of those that were `seen` standing just now, or else read anew, strongly consistent. */
export const holdsOn = async (ports: HoldsPorts, change: About, seen?: readonly Hold[]): Promise<readonly Hold[]> =>
  (await holdsOnEach(ports, [change], seen))[0] ?? []

/** In which situation a change is now, as far as its release is decided on it. */
export const situationOf = async (ports: HoldsPorts, change: About): Promise<Situation> => ({
  held: await holdsOn(ports, change),
  now: ports.now(),
})
