import { type Change, currentApprovals, openShare } from '../../shared/change/index.ts'
import type { Manifest } from '../../shared/livepatch/index.ts'
import type { Directive, Instruction } from '../../shared/rollout/index.ts'
import { admittedStacks, type Verdict } from '../../shared/verdict/index.ts'

/** Of the directive: what it says of the livepatch and of the stacks that may load it, those that any of the verdicts admits. */
export type Subject = { readonly manifest: Manifest; readonly verdicts: readonly Verdict[]; readonly publicUrl: string }

export const moduleKey = (digest: string): string => `modules/${digest}.ko`

/** Stack digests, each once, in the order of the verdicts. */
export const admittedBy = (verdicts: readonly Verdict[]): readonly string[] => [...new Set(verdicts.flatMap(admittedStacks))]

const askOf = (change: Change, share: number, { manifest, verdicts, publicUrl }: Subject): NonNullable<Directive['ask']> => ({
  change: change.id,
  approvedBy: currentApprovals(change).map(({ by }) => by.id),
  livepatch: { digest: manifest.digest, name: manifest.name, size: manifest.size, location: `${publicUrl}/${moduleKey(manifest.digest)}` },
  route: change.plan.route ?? 'replace',
  share,
  admitted: admittedBy(verdicts),
})

/**
 * A host that is between two livepatches is exposed, so a change that is halted lets it finish. What is held is loaded by nobody: a hold
 * may mean that this very livepatch does harm.
 */
const mayFinish = ({ plan, status }: Change, isHeld: boolean): boolean =>
  plan.route === 'disable-then-load' && status === 'halted' && !isHeld

/**
 * What the hosts of a fleet are told while a change stands as it does: a pure function of the change, so that whoever publishes last
 * publishes what is true. Null: the change has nothing to tell hosts (yet).
 * A halted change keeps its share, which never shrinks, and stops; an aborted one asks for nothing any more; a completed one goes on
 * asking, for hosts that come late. What is held stops, whatever else it is.
 */
export const instructionOf = (change: Change, subject: Subject | null, isHeld: boolean): Instruction | null => {
  const share = openShare(change)
  if (share === 0) return null
  const { fleet, plan } = change
  const common = { fleet, pollSeconds: plan.pollSeconds }
  if (change.status === 'aborted' || subject === null) return { ...common, ask: null, stopped: false }
  const ask = { ...askOf(change, share, subject), ...(mayFinish(change, isHeld) ? { finish: true as const } : {}) }
  return { ...common, ask, stopped: isHeld || change.status === 'halted' }
}
