import type { Ports } from '../ports.ts'
import { wakeIfDue } from '../wake.ts'

/** Waits for the release. The token is stored first; whoever releases then reads it, or the condition is found met right here. */
export const awaitApprovals =
  (ports: Pick<Ports, 'ledger' | 'workflow'>) =>
  async ({ change, token }: { readonly change: string; readonly token: string }): Promise<Record<string, never>> => {
    await ports.ledger.wait(change, { for: 'approvals', token, wave: null })
    await wakeIfDue(ports, change)
    return {}
  }
