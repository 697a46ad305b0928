import type { Notice } from './notice.ts'

export const DELIVERY_STATES = ['pending', 'delivered', 'dead'] as const
export type DeliveryState = (typeof DELIVERY_STATES)[number]

/** One notice on its way to one receiver; `notice.id` names it there. */
export type Delivery = {
  readonly receiver: string
  readonly notice: Notice
  readonly state: DeliveryState
  /** Attempts that were begun. */
  readonly attempts: number
  /** When the next one is due, epoch milliseconds; null where there is none. */
  readonly nextAt: number | null
  /** Epoch milliseconds. */
  readonly attemptedAt: number | null
  /** HTTP status of the newest attempt that was answered. */
  readonly status: number | null
  /** What stood against it, at most 200 characters and a status; empty where nothing did. */
  readonly why: string
}

export const newDelivery = (receiver: string, notice: Notice, nextAt: number | null): Delivery => ({
  receiver,
  notice,
  state: 'pending',
  attempts: 0,
  nextAt,
  attemptedAt: null,
  status: null,
  why: '',
})
