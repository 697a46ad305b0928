import { canonicalJson } from '../../shared/canonical/index.ts'
import { type Directive, type Instruction, nextDirective, type SignedDirective, signingBytes } from '../../shared/rollout/index.ts'
import type { Ports } from '../ports.ts'

export type IssuePorts = Pick<Ports, 'fleets' | 'signingKey' | 'now'>

const ATTEMPTS_MAX = 8

/** A directive is renewed in the second half of its life. */
const isFresh = ({ issuedAt, expiresAt }: Directive, now: number): boolean => now < (issuedAt + expiresAt) / 2

const isSaid = (directive: Directive, { ask, stopped, pollSeconds }: Instruction): boolean =>
  canonicalJson({ ask: directive.ask, stopped: directive.stopped, pollSeconds: directive.pollSeconds }) ===
  canonicalJson({ ask, stopped, pollSeconds })

const sign = async ({ signingKey }: IssuePorts, directive: Directive): Promise<SignedDirective> => {
  const signature = await signingKey.sign(signingBytes(directive))
  return { directive, keyId: signingKey.keyId, signature: Buffer.from(signature).toString('base64') }
}

/**
 * Issues a fleet's next directive. `instruct` is asked after the previous directive was read, and the new one is accepted only as
 * its direct successor: so of two writers the later one has seen what the earlier one's change had become, and an abort that was
 * recorded can never be followed by a directive that does not know of it.
 * Where a fresh previous one says the same already, or there is nothing to say, the previous one stands; unless it shall be said `anew`:
 * then whoever read the previous one with an older state in mind, and has not written yet, comes too late and looks again.
 */
export const issueDirective = async (
  ports: IssuePorts,
  fleet: string,
  instruct: (previous: Directive | null) => Promise<Instruction | null>,
  say: 'what-is-new' | 'anew' = 'what-is-new',
): Promise<SignedDirective | null> => {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const previous = await ports.fleets.directive(fleet)
    const instruction = await instruct(previous?.directive ?? null)
    if (!instruction) return previous
    const now = ports.now()
    if (say !== 'anew' && previous && isFresh(previous.directive, now) && isSaid(previous.directive, instruction)) return previous
    const signed = await sign(ports, nextDirective(previous?.directive ?? null, instruction, now))
    const put = await ports.fleets.putDirective(fleet, signed)
    if (put.ok) return signed
  }
  throw new Error(`others kept publishing for fleet ${fleet}`)
}
