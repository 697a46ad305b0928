import { canonicalJson } from '../../shared/canonical/index.ts'
import {
  nextStopOrder,
  type SignedStopOrder,
  STOP_ORDER_KEY,
  type StopInstruction,
  type StopOrder,
  stopSigningBytes,
} from '../../shared/rollout/index.ts'
import type { Ports } from '../ports.ts'

export type StopPorts = Pick<Ports, 'fleets' | 'objects' | 'signingKey' | 'now'>

const ATTEMPTS_MAX = 8

const sign = async ({ signingKey }: StopPorts, order: StopOrder): Promise<SignedStopOrder> => {
  const signature = await signingKey.sign(stopSigningBytes(order))
  return { order, keyId: signingKey.keyId, signature: Buffer.from(signature).toString('base64') }
}

/** Puts the order where hosts fetch it. A slow writer may put an older one over it, so each looks again after it wrote. */
export const copyStop = async (ports: StopPorts, written: SignedStopOrder): Promise<void> => {
  await ports.objects.put(STOP_ORDER_KEY, Buffer.from(canonicalJson(written)), 'application/json')
  const newest = await ports.fleets.stopOrder()
  if (newest && newest.order.version > written.order.version) await copyStop(ports, newest)
}

/**
 * Stops every host of every fleet, or lifts that: the next version of the signed stop order, kept in the fleet table and copied to where
 * hosts fetch it without the API. Of two writers both are heard, one after the other, and the later one stands. Whether somebody may
 * do that is asked before. Calling it again makes a newer order that says the same, which also renews one that would soon expire.
 */
export const publishStop = async (ports: StopPorts, instruction: StopInstruction): Promise<StopOrder> => {
  const issued = await issueStop(ports, async () => instruction)
  if (!issued) throw new Error('an order that is given is issued')
  return issued
}

/**
 * The same for whoever has to look first whether there is something to say, which is asked after the previous order was read; null: there is not.
 * The new order is accepted only as the direct successor of what was read.
 */
export const issueStop = async (
  ports: StopPorts,
  instruct: (previous: StopOrder | null) => Promise<StopInstruction | null>,
): Promise<StopOrder | null> => {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const previous = await ports.fleets.stopOrder()
    const instruction = await instruct(previous?.order ?? null)
    if (!instruction) return null
    const signed = await sign(ports, nextStopOrder(previous?.order ?? null, instruction, ports.now()))
    const put = await ports.fleets.putStopOrder(signed)
    if (!put.ok) continue
    await copyStop(ports, signed)
    return signed.order
  }
  throw new Error('others kept publishing stop orders')
}
