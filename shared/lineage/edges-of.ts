import type { Stack } from '../kernel/index.ts'
import type { Manifest } from '../livepatch/index.ts'
import type { Edge } from './edge.ts'

/** Hosts that ran one stack when the change came to them. */
export type MovedCohort = { readonly stack: Stack; readonly hosts: number }

/** What a change made of a fleet. `manifests` by digest: the new livepatch's and those of the livepatches it replaced, where known. */
export type Moves = {
  readonly change: { readonly id: string; readonly fleet: string; readonly livepatch: string }
  readonly cohorts: readonly MovedCohort[]
  readonly manifests: ReadonlyMap<string, Manifest>
  /** ISO 8601. */
  readonly at: string
}

/** A livepatch that somebody else loaded, and whose file Supersede never saw, is still named in lineage. */
const unknownLivepatch = (name: string): string => `unknown:${name}`

const idsOf = (stack: Stack): readonly string[] =>
  stack.livepatches.filter(entry => entry.enabled).map(entry => entry.digest ?? unknownLivepatch(entry.name))

const functionsOf = (manifest: Manifest | undefined): ReadonlySet<string> =>
  new Set((manifest?.objects ?? []).flatMap(object => object.functions.map(({ name }) => `${object.name ?? 'vmlinux'}:${name}`)))

const edgeOf = (moves: Moves, previous: string | null, cohorts: readonly MovedCohort[]): Edge => {
  const { change, manifests, at } = moves
  const beside = new Set(cohorts.flatMap(({ stack }) => idsOf(stack)).filter(id => id !== previous))
  const now = functionsOf(manifests.get(change.livepatch))
  const before = functionsOf(previous === null ? undefined : manifests.get(previous))
  const others = new Set([...beside].flatMap(id => [...functionsOf(manifests.get(id))]))
  const isNew = (name: string) => !before.has(name)
  return {
    previous,
    next: change.livepatch,
    fleet: change.fleet,
    change: change.id,
    at,
    hosts: cohorts.reduce((sum, { hosts }) => sum + hosts, 0),
    kept: [...now].filter(name => before.has(name)).sort(),
    repatched: [...now].filter(name => isNew(name) && others.has(name)).sort(),
    added: [...now].filter(name => isNew(name) && !others.has(name)).sort(),
    reverted: [...before].filter(name => !now.has(name)).sort(),
  }
}

/**
 * The replaced-by edges that a completed change makes: one for each livepatch that some of its hosts ran, enabled, when it
 * came (a cumulative livepatch replaces all of them), and one with `previous: null` for hosts that ran none. Hosts that ran
 * the new livepatch already replaced nothing. The same moves give the same edges, in the same order, so that recording
 * them again changes nothing.
 *
 * Each function is in one class, seen from `previous`: kept (both patch it; whose code differs, a manifest cannot tell),
 * repatched (new to `previous`, though another livepatch beside it patched it), added (nobody patched it), reverted (back
 * to the kernel's own code).
 */
export const edgesOf = (moves: Moves): readonly Edge[] => {
  const { livepatch } = moves.change
  const moved = moves.cohorts.filter(({ stack, hosts }) => hosts > 0 && !idsOf(stack).includes(livepatch))
  const previous = new Set(moved.flatMap(({ stack }): readonly (string | null)[] => (idsOf(stack).length === 0 ? [null] : idsOf(stack))))
  return [...previous]
    .sort((a, b) => ((a ?? '') < (b ?? '') ? -1 : 1))
    .map(id =>
      edgeOf(
        moves,
        id,
        moved.filter(({ stack }) => (id === null ? idsOf(stack).length === 0 : idsOf(stack).includes(id))),
      ),
    )
}
