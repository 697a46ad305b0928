import type { Stack } from '../kernel/index.ts'
import { type Comparable, compareLivepatches, type FunctionOf, functionName, type Manifest } from '../livepatch/index.ts'
import type { Edge } from './edge.ts'

/** Hosts that ran one stack when the change came to them. */
export type MovedCohort = { readonly stack: Stack; readonly hosts: number; readonly leftOpen?: readonly string[] }

/** What a change made of a fleet. `manifests` by digest: the new livepatch's and those of the livepatches it replaced, where known. */
export type Moves = {
  readonly change: {
    readonly id: string
    readonly fleet: string
    readonly livepatch: string
    readonly plan?: { readonly route?: string | undefined }
  }
  readonly cohorts: readonly MovedCohort[]
  readonly manifests: ReadonlyMap<string, Manifest>
  /** ISO 8601. */
  readonly at: string
}

/** A livepatch that somebody else loaded, and whose file Supersede never saw, is still named in lineage. */
const unknownLivepatch = (name: string): string => `unknown:${name}`

const idsOf = (stack: Stack): readonly string[] =>
  stack.livepatches.filter(entry => entry.enabled).map(entry => entry.digest ?? unknownLivepatch(entry.name))

const NOTHING: Comparable = { objects: [], states: [], fixes: [] }
const namesOf = (functions: readonly FunctionOf[] = []): readonly string[] => [...new Set(functions.map(functionName))].sort()

const edgeOf = ({ change, manifests, at }: Moves, previous: string | null, cohorts: readonly MovedCohort[]): Edge => {
  const [before, now] = [previous === null ? NOTHING : manifests.get(previous), manifests.get(change.livepatch)]
  const leftOpen = [...new Set(cohorts.flatMap(cohort => cohort.leftOpen ?? []))].sort()
  const functions = before && now ? compareLivepatches(before, now).functions : null
  return {
    previous,
    next: change.livepatch,
    fleet: change.fleet,
    change: change.id,
    ...(previous !== null && change.plan?.route === 'disable-then-load' ? { route: change.plan.route } : {}),
    at,
    hosts: cohorts.reduce((sum, { hosts }) => sum + hosts, 0),
    kept: namesOf(functions?.kept),
    repatched: namesOf(functions?.repatched),
    added: namesOf(functions?.added),
    reverted: namesOf(functions?.reverted),
    ...(leftOpen.length === 0 ? {} : { leftOpen }),
  }
}

/**
 * The replaced-by edges that a completed change makes: one for each livepatch that some of its hosts ran, enabled, when it
 * came (a cumulative livepatch replaces all of them), and one with `previous: null` for hosts that ran none. Hosts that ran
 * the new livepatch already replaced nothing. The same moves give the same edges, in the same order, so that recording
 * them again changes nothing.
 *
 * Functions are told as seen from `previous`: kept (both patch it, with the same code), repatched (with other code, or with
 * code that cannot be compared), added, reverted (back to the kernel's own code). Of a livepatch whose manifest is not known
 * nothing is said.
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
