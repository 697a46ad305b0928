import { type Hold, heldDetail } from '../../shared/policy/index.ts'
import { isStopInForce, STOP_SECONDS_MAX, type StopInstruction, type StopOrder } from '../../shared/rollout/index.ts'
import { copyStop, issueStop, type StopPorts } from '../directive/publish-stop.ts'
import type { Ports } from '../ports.ts'

export type TellStopPorts = StopPorts & Pick<Ports, 'holds'>

const REASON_MAX = 300

/** What the order has to say: the holds of everything together, until the last of them ends. */
const instructionOf = (holds: readonly Hold[]): StopInstruction => {
  const everything = holds.filter(({ scope }) => scope === 'everything')
  if (everything.length === 0) return { stopped: false, reason: 'Nobody holds everything any more.' }
  const reason = heldDetail(everything).slice(0, REASON_MAX)
  return { stopped: true, reason, until: Math.max(...everything.map(({ expiresAt }) => Date.parse(expiresAt))) }
}

/** Whether an order says so already, and for a good while yet: it lasts seven days at most and is renewed in the second half of them. */
const isSaid = (order: StopOrder | null, { stopped, reason, until = 0 }: StopInstruction, now: number): boolean => {
  if (!stopped) return !isStopInForce(order, now)
  if (order === null || !isStopInForce(order, now) || order.reason !== reason) return false
  const last = order.issuedAt + STOP_SECONDS_MAX * 1_000
  return order.expiresAt === Math.min(until, last) && (order.expiresAt === until || now < (order.issuedAt + order.expiresAt) / 2)
}

/** An order younger than this may have been kept by somebody who died before copying it. */
const COPIED_SECONDS_MAX = 180

/**
 * Makes the signed stop order say whether everything is held. The holds are read after the order that it follows on, so of two people at once, one of
 * whom lifts, the later order has seen what both did.
 */
export const tellStop = async (ports: TellStopPorts): Promise<void> => {
  const issued = await issueStop(ports, async previous => {
    const now = ports.now()
    const instruction = instructionOf(await ports.holds.standing(now))
    return isSaid(previous, instruction, now) ? null : instruction
  })
  if (issued) return
  const newest = await ports.fleets.stopOrder()
  if (newest && ports.now() - newest.order.issuedAt < COPIED_SECONDS_MAX * 1_000) await copyStop(ports, newest)
}
