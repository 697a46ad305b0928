import * as z from 'zod'
import { DELIVERY_STATES, type Delivery, NOTICE_KINDS, RECEIVER_KINDS, shownAddress, WANTED_KINDS } from '../../shared/notice/index.ts'
import type { KeptReceiver } from '../../shared/store/index.ts'
import { type Problem, problem } from '../http/problem.ts'

const instant = z.iso.datetime()
const isoOf = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString())

export const ReceiverDocument = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(RECEIVER_KINDS),
  /** Origin only: the rest of an address may be a secret. */
  address: z.string().nullable(),
  fleets: z.array(z.string()),
  kinds: z.array(z.enum(WANTED_KINDS)),
  group: z.string().nullable(),
  createdBy: z.string(),
  createdAt: instant,
  disabled: z.string().nullable(),
  failingSince: instant.nullable(),
  deliveredAt: instant.nullable(),
  previousSecretUntil: instant.nullable(),
})

/** A receiver as people are shown it: members are named, so that neither address nor secret leaks by itself. */
export const receiverDocument = (receiver: KeptReceiver) => {
  const { id, name, kind, fleets, kinds, group, createdBy, createdAt, disabled, failingSince, deliveredAt, previousUntil } = receiver
  return {
    ...{ id, name, kind, address: shownAddress(receiver), fleets, kinds, group, createdBy, createdAt, disabled },
    failingSince: isoOf(failingSince),
    deliveredAt: isoOf(deliveredAt),
    previousSecretUntil: isoOf(previousUntil),
  }
}

export const DeliveryDocument = z.object({
  id: z.string(),
  receiver: z.string(),
  kind: z.enum(NOTICE_KINDS),
  at: instant,
  fleet: z.string().nullable(),
  change: z.string().nullable(),
  state: z.enum(DELIVERY_STATES),
  attempts: z.int(),
  nextAt: instant.nullable(),
  attemptedAt: instant.nullable(),
  status: z.int().nullable(),
  why: z.string(),
})

export const deliveryDocument = ({ receiver, notice, state, attempts, nextAt, attemptedAt, status, why }: Delivery) => {
  const { id, kind, at, fleet, change } = notice
  return {
    ...{ id, receiver, kind, at, fleet, change: change?.id ?? null, state, attempts },
    ...{ nextAt: isoOf(nextAt), attemptedAt: isoOf(attemptedAt), status, why },
  }
}

export const unknownReceiver = (id: string): Problem =>
  problem('unknown-receiver', `Look for the receiver with \`GET /receivers\`; ${JSON.stringify(id)} is none.`)
