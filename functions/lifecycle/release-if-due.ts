import { appendChange, byWorkflow } from '../append-change.ts'
import type { Ports } from '../ports.ts'
import { type ReleasePorts, releaseOf } from '../released-with.ts'
import { holdsOn } from '../situation-of.ts'

/** Releases a change that has its approvals and was kept back by something that is over: a freeze, a hold. */
export const releaseIfDue = async (ports: ReleasePorts & Pick<Ports, 'ledger' | 'holds' | 'newId'>, id: string): Promise<void> => {
  await appendChange<null>(ports, id, async ({ change }) => {
    const released = await releaseOf(ports, change, await holdsOn(ports, change))
    return released === null ? { settled: null } : byWorkflow(released.events, released.decision)
  })
}
