import { canonicalJson } from '../../shared/canonical/index.ts'
import type { Change } from '../../shared/change/index.ts'
import { type Directive, type Instruction, nextDirective, type SignedDirective, signingBytes } from '../../shared/rollout/index.ts'
import type { Ports } from '../ports.ts'
import { instructionOf, type Subject } from './instruction-of.ts'

export type PublishPorts = Pick<Ports, 'ledger' | 'catalog' | 'fleets' | 'objects' | 'signingKey' | 'publicUrl' | 'now'>

const ATTEMPTS_MAX = 8
/** Bytes that the key service signs in one piece. */
const SIGNED_BYTES_MAX = 4_096

export const directiveKey = (fleet: string): string => `directives/${fleet}.json`

const isSaid = (directive: Directive, { ask, stopped, pollSeconds }: Instruction): boolean =>
  canonicalJson({ ask: directive.ask, stopped: directive.stopped, pollSeconds: directive.pollSeconds }) ===
  canonicalJson({ ask, stopped, pollSeconds })

const sign = async ({ signingKey }: PublishPorts, directive: Directive): Promise<SignedDirective> => {
  const bytes = signingBytes(directive)
  if (bytes.byteLength > SIGNED_BYTES_MAX)
    throw new Error(`the directive has ${bytes.byteLength} bytes, the signing key takes ${SIGNED_BYTES_MAX}: the fleet has too many different stacks`)
  const signature = await signingKey.sign(bytes)
  return { directive, keyId: signingKey.keyId, signature: Buffer.from(signature).toString('base64') }
}

const subjectOf = async ({ catalog, publicUrl }: PublishPorts, change: Change): Promise<Subject | null> => {
  const [manifest, verdict] = await Promise.all([
    catalog.manifest(change.livepatch),
    change.review ? catalog.verdict(change.review.bound.verdict) : null,
  ])
  return manifest && verdict ? { manifest, verdict, publicUrl } : null
}

/** Puts the newest directive where hosts fetch it. A slow writer may put an older one over it, so each looks again after it wrote. */
const copyToObjects = async (ports: PublishPorts, fleet: string, written: SignedDirective): Promise<SignedDirective> => {
  await ports.objects.put(directiveKey(fleet), Buffer.from(canonicalJson(written)), 'application/json')
  const newest = await ports.fleets.directive(fleet)
  if (!newest || newest.directive.version <= written.directive.version) return written
  return copyToObjects(ports, fleet, newest)
}

/**
 * Issues a fleet's next directive. `instruct` is asked after the previous directive was read, and the new one is accepted only as
 * its direct successor: so of two writers the later one has seen what the earlier one's change had become, and an abort that was
 * recorded can never be followed by a directive that does not know of it.
 * Where the previous one says the same already, nothing is issued. Null: there is nothing to say.
 */
const issue = async (
  ports: PublishPorts,
  fleet: string,
  instruct: (previous: Directive | null) => Promise<Instruction | null>,
): Promise<SignedDirective | null> => {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const previous = await ports.fleets.directive(fleet)
    const instruction = await instruct(previous?.directive ?? null)
    if (!instruction) return previous
    if (previous && isSaid(previous.directive, instruction)) return copyToObjects(ports, fleet, previous)
    const signed = await sign(ports, nextDirective(previous?.directive ?? null, instruction, ports.now()))
    const put = await ports.fleets.putDirective(fleet, signed)
    if (put.ok) return copyToObjects(ports, fleet, signed)
  }
  throw new Error(`others kept publishing for fleet ${fleet}`)
}

/** Publishes what a change now has to say to its fleet. Idempotent; call it after what it shall say is in the ledger. */
export const publishDirective = async (ports: PublishPorts, change: { readonly id: string; readonly fleet: string }): Promise<void> => {
  await issue(ports, change.fleet, async previous => {
    const loaded = await ports.ledger.loadChange(change.id)
    if (!loaded) return null
    // A change that asked nothing yet leaves alone what an earlier one asks for; one that ended takes back only its own word.
    if (loaded.change.status === 'aborted' && previous?.ask?.change !== change.id) return null
    return instructionOf(loaded.change, await subjectOf(ports, loaded.change))
  })
}
