import { type Hold, holdsInForce, type Situation } from '../shared/policy/index.ts'
import type { Ports } from './ports.ts'

export type HoldsPorts = Pick<Ports, 'holds' | 'catalog' | 'now'>
type About = { readonly fleet: string; readonly livepatch: string }

/** Which of some holds keep a change back, each change of a list. Manifests are read only where a series is held. */
export const holdsOnEach = async (
  { holds, catalog, now }: HoldsPorts,
  changes: readonly About[],
): Promise<readonly (readonly Hold[])[]> => {
  const at = now()
  const standing = await holds.standing(at)
  if (standing.length === 0) return changes.map(() => [])
  const manifests = standing.some(({ scope }) => scope === 'series')
    ? await catalog.manifests([...new Set(changes.map(({ livepatch }) => livepatch))])
    : null
  const seriesOf = (digest: string): string | null => manifests?.get(digest)?.series ?? null
  return changes.map(({ fleet, livepatch }) => holdsInForce(standing, { fleet, livepatch, series: seriesOf(livepatch) }, at))
}

/** The holds in force on a change: read anew each time, strongly consistent, for what is decided on them. */
export const holdsOn = async (ports: HoldsPorts, change: About): Promise<readonly Hold[]> => (await holdsOnEach(ports, [change]))[0] ?? []

/** In which situation a change is now, as far as its release is decided on it. */
export const situationOf = async (ports: HoldsPorts, change: About): Promise<Situation> => ({
  held: await holdsOn(ports, change),
  now: ports.now(),
})
