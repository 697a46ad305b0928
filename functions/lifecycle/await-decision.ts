import type { Ports } from '../ports.ts'
import { wakeIfDue } from '../wake.ts'

/** Waits for a person to resume or abort a halted change; token first, then a look whether that has happened. */
export const awaitDecision =
  (ports: Pick<Ports, 'ledger' | 'workflow'>) =>
  async ({ change, token }: { readonly change: string; readonly token: string }): Promise<Record<string, never>> => {
    await ports.ledger.wait(change, { for: 'decision', token, wave: null })
    await wakeIfDue(ports, change)
    return {}
  }
