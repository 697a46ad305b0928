import { appendChange, byWorkflow } from '../append-change.ts'
import type { Ports } from '../ports.ts'
import { type ReleasePorts, releaseOf } from '../released-with.ts'

/** Releases a change that has its approvals and was held by a freeze that is over. Without a calendar nothing is looked at. */
export const releaseIfDue = async (ports: ReleasePorts & Pick<Ports, 'ledger' | 'newId'>, id: string): Promise<void> => {
  if (ports.policy.set().freezes.length === 0) return
  await appendChange<null>(ports, id, async ({ change }) => {
    const released = await releaseOf(ports, change)
    return released === null ? { settled: null } : byWorkflow(released.events, released.decision)
  })
}
