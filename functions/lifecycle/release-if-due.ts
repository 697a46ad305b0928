import { appendChange, byWorkflow } from '../append-change.ts'
import { noEarlier } from '../no-earlier.ts'
import type { Ports } from '../ports.ts'
import { type ReleasePorts, releaseOf } from '../released-with.ts'
import { holdsOn } from '../situation-of.ts'

/** Releases a change that has its approvals and was kept back by something that is over: a freeze, a hold. */
export const releaseIfDue = async (machine: ReleasePorts & Pick<Ports, 'ledger' | 'holds' | 'newId'>, id: string): Promise<void> => {
  await appendChange<null>(machine, id, async loaded => {
    const { change } = loaded
    const ports = noEarlier(machine, loaded)
    const released = await releaseOf(ports, change, await holdsOn(ports, change))
    return released === null ? { settled: null } : byWorkflow(released.events, released.decision)
  })
}
