import type { Stack } from '../shared/kernel/index.ts'
import type { Edge } from '../shared/lineage/index.ts'
import type { Manifest } from '../shared/livepatch/index.ts'
import { stricterOf } from '../shared/policy/index.ts'
import type { CohortCount } from '../shared/store/index.ts'
import type { Cohort, Known, Recordable } from '../shared/verdict/index.ts'
import { knownLivepatches } from './known-livepatches.ts'
import type { Ports } from './ports.ts'
import { withTrust } from './with-trust.ts'

export type JudgePorts = Pick<Ports, 'catalog' | 'fleets' | 'lineage' | 'objects' | 'policy'>

const PAGE = 100

const edgesTo = async (lineage: Ports['lineage'], fleet: string, digest: string): Promise<readonly Edge[]> => {
  const edges: Edge[] = []
  let cursor: string | undefined
  do {
    const page = await lineage.replaced(digest, { limit: PAGE, cursor })
    edges.push(...page.items.filter(edge => edge.fleet === fleet && edge.previous !== null))
    cursor = page.next
  } while (cursor !== undefined)
  return edges
}

/** Everything that was ever replaced on a fleet on the way to what it runs: edges by the livepatch that they lead to. */
const edgesBehind = async (
  lineage: Ports['lineage'],
  fleet: string,
  running: readonly string[],
): Promise<ReadonlyMap<string, readonly Edge[]>> => {
  const behind = new Map<string, readonly Edge[]>()
  let ahead = [...new Set(running)]
  while (ahead.length > 0) {
    const found = await Promise.all(ahead.map(async digest => [digest, await edgesTo(lineage, fleet, digest)] as const))
    for (const [digest, edges] of found) behind.set(digest, edges)
    const previous = found.flatMap(([, edges]) => edges.flatMap(edge => edge.previous ?? []))
    ahead = [...new Set(previous)].filter(digest => !behind.has(digest))
  }
  return behind
}

const runningOn = ({ livepatches }: Stack): readonly string[] =>
  livepatches.flatMap(({ enabled, digest }) => (enabled ? (digest ?? []) : []))

type Past = {
  /** Digests that were replaced before what a stack runs came, in that order. */
  readonly replaced: readonly string[]
  /** Digests that were replaced before something that was disabled: it ran its own callbacks, so nothing from before it is left. */
  readonly settled: readonly string[]
}

/** Goes back in time from what a stack runs, never forward. */
const pastOf = (stack: Stack, behind: ReadonlyMap<string, readonly Edge[]>): Past => {
  const replacedAt = new Map<string, string>()
  const settledAt = new Map<string, string>()
  const disabledAt = new Map<string, string>()
  const walk = (digest: string, before: string | null, found: Map<string, string>): void => {
    for (const { previous, at, route } of behind.get(digest) ?? []) {
      const seen = route === undefined ? found : disabledAt
      if (previous === null || (before !== null && at >= before) || (seen.get(previous) ?? '') >= at) continue
      seen.set(previous, at)
      walk(previous, at, route === undefined ? found : settledAt)
    }
  }
  for (const digest of runningOn(stack)) walk(digest, null, replacedAt)
  const replaced = [...replacedAt].sort(([, a], [, b]) => (a < b ? -1 : 1)).map(([digest]) => digest)
  return { replaced, settled: [...settledAt.keys()].filter(digest => !replacedAt.has(digest)) }
}

/**
 * A cohort with its past. Lineage knows fleets and not boots: hosts that are fresh since theirs carry nothing of it, the others are taken to
 * carry all of it. A module that is in memory though lineage does not tell of it was replaced as well, nobody knows when: as the last, so that only
 * what runs can have taken over from it. Where lineage tells nothing, the verdict looks at what is in memory by itself. A module that lineage
 * knows to be settled is in memory only.
 */
const withPast = (
  { stack, hosts, fresh }: CohortCount,
  behind: ReadonlyMap<string, readonly Edge[]>,
  names: ReadonlyMap<string, string>,
): readonly Cohort[] => {
  const past = pastOf(stack, behind)
  const namesOf = (digests: readonly string[]): readonly string[] => digests.flatMap(digest => names.get(digest) ?? [])
  const [told, settled] = [namesOf(past.replaced), namesOf(past.settled)]
  if (told.length + settled.length === 0) return [{ stack, hosts }]
  const untold = stack.resident.map(({ name }) => name).filter(name => !told.includes(name) && !settled.includes(name))
  const cohorts = [
    { stack, hosts: fresh, replacedEarlier: [] },
    { stack, hosts: hosts - fresh, replacedEarlier: [...told, ...untold] },
  ]
  return cohorts.filter(cohort => cohort.hosts > 0)
}

/** Of a change: where it goes, and what its emergency accepts. */
type About = { readonly fleet: string; readonly breakGlass?: { readonly accepts?: readonly string[] | undefined } | null }

/** What a verdict on a fleet rests on: its hosts' stacks, what was replaced there before, every livepatch named in it, and what its policies block. */
export const judgedOnFleet = async (ports: JudgePorts, { fleet, breakGlass }: About, submitted: Manifest): Promise<Recordable> => {
  const { catalog, fleets, lineage } = ports
  const trust = (await fleets.summary(fleet))?.trust ?? []
  const livepatch = await withTrust(ports, trust, submitted)
  const live = (await fleets.cohorts(fleet)).filter(({ hosts }) => hosts > 0)
  const running = live.flatMap(({ stack }) => runningOn(stack))
  const [known, behind] = await Promise.all([knownLivepatches(catalog, live), edgesBehind(lineage, fleet, running)])
  const earlier = await catalog.manifests([...behind.keys()].filter(digest => !digest.startsWith('unknown:')))
  const all: Known = new Map([...earlier.values(), ...known.values()].map(manifest => [manifest.name, manifest]))
  const names = new Map<string, string>([...all.values()].map(({ digest, name }) => [digest, name]))
  const stricter = stricterOf(ports.policy.set().settings, fleet)
  return {
    livepatch,
    trust,
    cohorts: live.flatMap(cohort => withPast(cohort, behind, names)),
    known: all,
    stricter,
    accepts: breakGlass?.accepts,
  }
}
