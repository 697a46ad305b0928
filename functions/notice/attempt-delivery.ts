import {
  type Attempt,
  afterAttempt,
  busEntry,
  type Delivery,
  isGivenUp,
  isTaken,
  signedHeaders,
  slackMessage,
  webhookBody,
} from '../../shared/notice/index.ts'
import type { KeptReceiver } from '../../shared/store/index.ts'
import type { Log } from '../log.ts'
import type { Ports } from '../ports.ts'
import { secretsOf } from './receiver-secret.ts'

export type AttemptPorts = Pick<Ports, 'notices' | 'receiverKey' | 'eventBus' | 'post' | 'publicUrl' | 'now'> & { readonly log: Log }

/** Longer than an attempt takes: whoever began one and died leaves it to the next after this. */
const LEASE_MS = 60_000

const toBus = async ({ eventBus, publicUrl }: AttemptPorts, { notice }: Delivery): Promise<Attempt> => {
  try {
    const why = await eventBus.put(busEntry(notice, publicUrl, eventBus.name))
    return { status: why === null ? 200 : null, why: why ?? '', retryAfterSeconds: null }
  } catch (error) {
    return {
      status: null,
      why: `the event bus does not answer (${error instanceof Error ? error.name : 'no error'})`,
      retryAfterSeconds: null,
    }
  }
}

const toWebhook = async (ports: AttemptPorts, { notice }: Delivery, receiver: KeptReceiver, url: string): Promise<Attempt> => {
  const body = webhookBody(notice)
  const secrets = await secretsOf(ports.receiverKey, receiver, ports.now())
  return ports.post(url, signedHeaders(notice.id, Math.floor(ports.now() / 1_000), body, secrets), body)
}

const send = (ports: AttemptPorts, delivery: Delivery, receiver: KeptReceiver): Promise<Attempt> => {
  if (receiver.kind === 'eventbridge' || receiver.url === null) return toBus(ports, delivery)
  if (receiver.kind === 'slack') return ports.post(receiver.url, {}, JSON.stringify(slackMessage(delivery.notice)))
  return toWebhook(ports, delivery, receiver, receiver.url)
}

/** What the receiver itself is told of its newest attempt: one that is gone, or has failed for days, is told no more. */
const remember = async (
  { notices }: AttemptPorts,
  receiver: KeptReceiver,
  attempt: Attempt,
  isDead: boolean,
  now: number,
): Promise<void> => {
  if (isTaken(attempt)) {
    await notices.took(receiver.id, now)
    return
  }
  await notices.failed(receiver.id, now)
  if (attempt.status === 410) await notices.disable(receiver.id, 'It answered 410 Gone: it wants no more.')
  else if (isDead && isGivenUp(receiver.failingSince, now)) await notices.disable(receiver.id, 'It has taken nothing for five days.')
}

const ended = (delivery: Delivery, state: 'delivered' | 'dead', why: string): Delivery => ({ ...delivery, state, nextAt: null, why })

const settled = (begun: Delivery, attempt: Attempt, now: number, once: boolean): Delivery => {
  const tried = { ...begun, status: attempt.status, why: attempt.why }
  const after = afterAttempt(begun.notice.id, begun.attempts, attempt, now)
  if (after.state === 'pending') return once ? ended(tried, 'dead', attempt.why) : { ...tried, nextAt: after.nextAt }
  return ended(tried, after.state, attempt.why)
}

/**
 * Makes one attempt. It is begun in the store before anything is sent, so that two of us do not send at once, and one that died is repeated
 * after its lease; so a receiver may see a notice twice, and knows it by its id. `once`: what fails is not tried again by itself.
 * Null: somebody else is at it.
 */
export const attemptDelivery = async (
  ports: AttemptPorts,
  delivery: Delivery,
  receiver: KeptReceiver,
  { once }: { readonly once: boolean },
): Promise<Delivery | null> => {
  const { notices, now, log } = ports
  if (receiver.disabled !== null && !once) {
    const dead = { ...ended(delivery, 'dead', `Not sent: ${receiver.disabled}`), attemptedAt: now() }
    return (await notices.move(delivery, dead)) ? dead : null
  }
  const begun: Delivery = { ...delivery, state: 'pending', attempts: delivery.attempts + 1, attemptedAt: now(), nextAt: now() + LEASE_MS }
  if (!(await notices.move(delivery, begun))) return null
  const attempt = await send(ports, begun, receiver)
  const after = settled(begun, attempt, now(), once)
  await notices.move(begun, after)
  await remember(ports, receiver, attempt, after.state === 'dead', now())
  const facts = {
    receiver: receiver.id,
    notice: delivery.notice.id,
    kind: delivery.notice.kind,
    state: after.state,
    attempts: after.attempts,
    status: after.status,
  }
  log(after.state === 'delivered' ? 'info' : 'warn', 'notice', facts)
  return after
}
