import { wakeIfDue } from '../wake.ts'
import { type EvaluatePorts, evaluateWave } from './evaluate-wave.ts'

export type AwaitWave = { readonly change: string; readonly wave: number; readonly token: string }

/** Waits until the wave's hosts are heard from; token first, then a look at what they have said already, or whether the change stopped. */
export const awaitWave =
  (ports: EvaluatePorts) =>
  async ({ change, wave, token }: AwaitWave): Promise<Record<string, never>> => {
    await ports.ledger.wait(change, { for: 'wave', token, wave })
    await evaluateWave(ports, change)
    await wakeIfDue(ports, change)
    return {}
  }
