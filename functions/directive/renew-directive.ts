import { planDefaults } from '../../shared/policy/index.ts'
import type { SignedDirective } from '../../shared/rollout/index.ts'
import { type IssuePorts, issueDirective } from './issue-directive.ts'

/**
 * A fleet's directive, valid for a good while yet: the stored one; said again under a new version once half of its life is over;
 * or the first one, which asks for nothing. Whatever a change publishes at the same time follows on it or goes before it.
 */
export const renewDirective = async (ports: IssuePorts, fleet: string): Promise<SignedDirective> => {
  const signed = await issueDirective(ports, fleet, async previous => ({
    fleet,
    ask: previous?.ask ?? null,
    stopped: previous?.stopped ?? false,
    pollSeconds: previous?.pollSeconds ?? (await ports.fleets.summary(fleet))?.pollSeconds ?? planDefaults.pollSeconds,
  }))
  if (!signed) throw new Error(`fleet ${fleet} has no directive`)
  return signed
}
