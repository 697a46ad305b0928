import { canonicalJson } from '../../shared/canonical/index.ts'
import { type Change, coveringVerdicts, isTerminal } from '../../shared/change/index.ts'
import type { Directive, Instruction, SignedDirective } from '../../shared/rollout/index.ts'
import { noEarlier } from '../no-earlier.ts'
import type { Ports } from '../ports.ts'
import { holdsOn } from '../situation-of.ts'
import { instructionOf, type Subject } from './instruction-of.ts'
import { issueDirective } from './issue-directive.ts'

export type PublishPorts = Pick<Ports, 'ledger' | 'holds' | 'catalog' | 'fleets' | 'objects' | 'signingKey' | 'publicUrl' | 'now'>

export const directiveKey = (fleet: string): string => `directives/${fleet}.json`

/** Members in canonical order, so that the API and the object storage hand out the same bytes. */
export const directiveText = (signed: SignedDirective): string => canonicalJson(signed)

/** Puts the newest directive where hosts fetch it. A slow writer may put an older one over it, so each looks again after it wrote. */
export const copyDirective = async (
  { fleets, objects }: Pick<Ports, 'fleets' | 'objects'>,
  fleet: string,
  written: SignedDirective,
): Promise<void> => {
  await objects.put(directiveKey(fleet), Buffer.from(directiveText(written)), 'application/json')
  const newest = await fleets.directive(fleet)
  if (newest && newest.directive.version > written.directive.version) await copyDirective({ fleets, objects }, fleet, newest)
}

const subjectOf = async ({ catalog, publicUrl }: PublishPorts, change: Change): Promise<Subject | null> => {
  const covering = coveringVerdicts(change)
  const [manifest, ...verdicts] = await Promise.all([
    catalog.manifest(change.livepatch),
    ...covering.map(digest => catalog.verdict(digest)),
  ])
  const found = verdicts.filter(verdict => verdict !== null)
  return manifest && found.length > 0 && found.length === covering.length ? { manifest, verdicts: found, publicUrl } : null
}

/**
 * Whether a change may still speak to its fleet. One that is under way holds the fleet's lock, so no other is. An aborted one takes back its
 * word, and that of changes that ended before it, but not that of one that has begun since. The others that ended have said all they had to say.
 */
const maySpeak = async ({ ledger }: PublishPorts, { id, status }: Change, previous: Directive | null): Promise<boolean> => {
  if (!isTerminal(status)) return true
  if (status !== 'aborted') return false
  const asking = previous?.ask?.change
  if (asking === undefined || asking === id) return true
  const other = await ledger.loadChange(asking)
  return other === null || isTerminal(other.change.status)
}

/** A completed change still asks hosts that come late. It has nothing new to say but whether it is held. */
const lateWord = (change: Change, previous: Directive | null, isHeld: boolean): Instruction | null =>
  change.status === 'completed' && previous?.ask?.change === change.id
    ? { fleet: change.fleet, ask: previous.ask, stopped: isHeld, pollSeconds: previous.pollSeconds }
    : null

type Said = Parameters<typeof issueDirective>[3]

/** Issues what a change now has to say to its fleet, if that is not said already. */
export const issueForChange = (
  ports: PublishPorts,
  change: { readonly id: string; readonly fleet: string },
  say?: Said,
): Promise<SignedDirective | null> => {
  const instruct = async (previous: Directive | null): Promise<Instruction | null> => {
    const loaded = await ports.ledger.loadChange(change.id)
    if (!loaded) return null
    const isHeld = (await holdsOn(noEarlier(ports, loaded), loaded.change)).length > 0
    if (!(await maySpeak(ports, loaded.change, previous))) return lateWord(loaded.change, previous, isHeld)
    return instructionOf(loaded.change, await subjectOf(ports, loaded.change), isHeld)
  }
  return issueDirective(ports, change.fleet, instruct, say)
}

/** Publishes what a change now has to say to its fleet. Idempotent; call it after what it shall say is in the ledger. */
export const publishDirective = async (
  ports: PublishPorts,
  change: { readonly id: string; readonly fleet: string },
  say?: Said,
): Promise<void> => {
  const signed = await issueForChange(ports, change, say)
  if (signed) await copyDirective(ports, change.fleet, signed)
}
