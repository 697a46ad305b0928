import type { Edge } from './edge.ts'

/** The part of the replaced-by graph around one livepatch. A fleet that went back makes a circle: 1 → 2 → 1. */
export type LineageGraph = {
  readonly root: string
  /** Digests, the root first, then in the order in which they were met. */
  readonly livepatches: readonly string[]
  /** By time, then by digests. */
  readonly edges: readonly Edge[]
  /** True where the walk stopped at its bound and more is known than this. */
  readonly more: boolean
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
/** An edge is one fact: this replaced that, on this fleet, by this change. */
export const edgeKey = (edge: Edge): string => [edge.previous ?? '', edge.next, edge.fleet, edge.change].join(' ')
const byTime = (a: Edge, b: Edge): number => compare(a.at, b.at) || compare(edgeKey(a), edgeKey(b))

/** What replaced a livepatch, oldest fact first. */
export const replacedBy = (edges: readonly Edge[], digest: string): readonly Edge[] =>
  edges.filter(edge => edge.previous === digest).toSorted(byTime)

/** What a livepatch replaced, oldest fact first. */
export const replacedOf = (edges: readonly Edge[], digest: string): readonly Edge[] =>
  edges.filter(edge => edge.next === digest).toSorted(byTime)

/** Where a walk may go from a livepatch: towards what replaced it, what it replaced, or both. */
export type Direction = 'newer' | 'older' | 'both'

const neighbours = (edge: Edge, direction: Direction): readonly string[] => {
  const newer = direction === 'older' ? [] : [edge.next]
  const older = direction === 'newer' || edge.previous === null ? [] : [edge.previous]
  return [...newer, ...older]
}

/** Walks breadth first from `root`; `edgesAt` gives the edges that touch a livepatch in the walk's direction. At most `livepatchesMax` are visited. */
export const walkLineage = async (
  root: string,
  direction: Direction,
  edgesAt: (digest: string) => Promise<readonly Edge[]>,
  livepatchesMax = 100,
): Promise<LineageGraph> => {
  const livepatches = new Set([root])
  const edges = new Map<string, Edge>()
  let more = false
  for (const digest of livepatches) {
    for (const edge of await edgesAt(digest)) {
      for (const next of neighbours(edge, direction)) {
        if (livepatches.size < livepatchesMax) livepatches.add(next)
        else more ||= !livepatches.has(next)
      }
      edges.set(edgeKey(edge), edge)
    }
  }
  const within = [...edges.values()].filter(
    edge => livepatches.has(edge.next) && (edge.previous === null || livepatches.has(edge.previous)),
  )
  return { root, livepatches: [...livepatches], edges: within.sort(byTime), more }
}

/** The same walk over edges at hand. */
export const lineageGraph = (
  edges: readonly Edge[],
  root: string,
  direction: Direction = 'both',
  livepatchesMax = 100,
): Promise<LineageGraph> =>
  walkLineage(
    root,
    direction,
    async digest => [
      ...(direction === 'older' ? [] : replacedBy(edges, digest)),
      ...(direction === 'newer' ? [] : replacedOf(edges, digest)),
    ],
    livepatchesMax,
  )
