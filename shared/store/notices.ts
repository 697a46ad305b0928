import * as z from 'zod'
import { type Delivery, Notice, RECEIVER_KINDS, WANTED_KINDS } from '../notice/index.ts'
import { count, type Item, itemOf, type Key, text, textOrNull, whole } from './item.ts'
import { listPage } from './listing.ts'
import type { KeptReceiver, NoticeStore } from './ports.ts'
import { type Expression, IS_NEW, type Table, type Write } from './table.ts'

/*
 * Who is told, and what is on its way to them.
 *
 *   pk                     sk                              what
 *   receivers              <receiver>                      a receiver: what it is (JSON), and how it does (attributes)
 *   deliveries#<receiver>  <notice>                        one notice on its way to it; notices' ids sort by time
 *   due                    <next at>#<receiver>#<notice>   that an attempt is due; moved by the transaction that moves its delivery
 *   told                   <mark>                          that something without a commit (a reminder) has been told
 *
 * Delivered ones are kept for 30 days and dead ones for 90, so that a person finds them.
 */
const RECEIVERS = 'receivers'
const DUE = 'due'
const TOLD = 'told'
const KEPT_SECONDS = { delivered: 30 * 86_400, dead: 90 * 86_400, told: 120 * 86_400 }

const receiverKey = (id: string): Key => ({ pk: RECEIVERS, sk: id })
const deliveriesOf = (receiver: string): string => `deliveries#${receiver}`
const deliveryKey = ({ receiver, notice }: Pick<Delivery, 'receiver' | 'notice'>): Key => ({ pk: deliveriesOf(receiver), sk: notice.id })
const instant = (at: number): string => new Date(at).toISOString()
const dueKey = (receiver: string, notice: string, nextAt: number): Key => ({ pk: DUE, sk: `${instant(nextAt)}#${receiver}#${notice}` })

const StoredReceiver = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(RECEIVER_KINDS),
  url: z.string().nullable(),
  fleets: z.array(z.string()),
  kinds: z.array(z.enum(WANTED_KINDS)),
  group: z.string().nullable(),
  createdBy: z.string(),
  createdAt: z.string(),
})

/** Absent before anything was rotated twice. */
const EarlierSecrets = z.array(z.object({ generation: z.int(), until: z.int() }))

const STATES = ['pending', 'delivered', 'dead'] as const
const numberOrNull = (item: Item, name: string): number | null => (item[name] ? whole(item, name) : null)

const readReceiver = (item: Item): KeptReceiver => ({
  ...StoredReceiver.parse(JSON.parse(text(item, 'receiver'))),
  generation: whole(item, 'generation'),
  previousUntil: numberOrNull(item, 'previousUntil'),
  earlier: EarlierSecrets.parse(JSON.parse(textOrNull(item, 'earlier') ?? '[]')),
  rotation: textOrNull(item, 'rotation'),
  disabled: textOrNull(item, 'disabled'),
  failingSince: numberOrNull(item, 'failingSince'),
  deliveredAt: numberOrNull(item, 'deliveredAt'),
})

const readDelivery = (item: Item): Delivery => {
  const state = STATES.find(candidate => candidate === text(item, 'state')) ?? 'dead'
  return {
    receiver: text(item, 'receiverId'),
    notice: Notice.parse(JSON.parse(text(item, 'notice'))),
    state,
    attempts: count(item, 'attempts'),
    nextAt: numberOrNull(item, 'nextAt'),
    attemptedAt: numberOrNull(item, 'attemptedAt'),
    status: numberOrNull(item, 'statusCode'),
    why: text(item, 'why'),
  }
}

const deliveryItem = (delivery: Delivery): Item => {
  const { receiver, notice, state, attempts, nextAt, attemptedAt, status, why } = delivery
  const ended = state === 'pending' ? null : Math.floor((attemptedAt ?? Date.parse(notice.at)) / 1_000) + KEPT_SECONDS[state]
  return itemOf({
    ...deliveryKey(delivery),
    receiverId: receiver,
    notice: JSON.stringify(notice),
    state,
    attempts,
    nextAt,
    attemptedAt,
    statusCode: status,
    why,
    expiresAt: ended,
  })
}

const dueWrites = (before: Delivery | null, { receiver, notice, nextAt }: Delivery): Write[] => {
  const old = before?.nextAt ?? null
  if (old === nextAt) return []
  return [
    ...(old === null ? [] : [{ remove: dueKey(receiver, notice.id, old) }]),
    ...(nextAt === null ? [] : [{ put: itemOf({ ...dueKey(receiver, notice.id, nextAt), receiverId: receiver, noticeId: notice.id }) }]),
  ]
}

/** As it was read: nobody else has begun an attempt since. */
const unmoved = ({ attempts, state }: Delivery): Expression => ({
  text: '#attempts = :attempts AND #state = :state',
  names: { attempts: 'attempts', state: 'state' },
  values: { attempts, state },
})

const move = async (table: Table, before: Delivery, after: Delivery): Promise<boolean> => {
  const outcome = await table.transact([{ put: deliveryItem(after), if: unmoved(before) }, ...dueWrites(before, after)])
  return outcome.ok
}

const THERE: Expression = { text: 'attribute_exists(pk)' }

/** What happened to a receiver; nothing where it was removed meanwhile. */
const setOnReceiver = async (table: Table, id: string, to: Expression): Promise<boolean> =>
  (await table.write({ update: receiverKey(id), to, if: THERE })).ok

export const openNotices = (table: Table): NoticeStore => ({
  addReceiver: async receiver => {
    const item = itemOf({ ...receiverKey(receiver.id), receiver: JSON.stringify(receiver), generation: 1 })
    const outcome = await table.write({ put: item, if: IS_NEW })
    return outcome.ok
  },
  receivers: async () => (await table.partition(RECEIVERS)).map(readReceiver),
  receiver: async id => {
    const item = await table.get(receiverKey(id))
    return item && readReceiver(item)
  },
  removeReceiver: async id => {
    await table.write({ remove: receiverKey(id) })
  },
  rotate: (id, { generation, previousUntil, earlier, rotation }) =>
    setOnReceiver(table, id, {
      text: 'SET generation = :generation, previousUntil = :until, earlier = :earlier, rotation = :rotation',
      values: { generation, until: previousUntil, earlier: JSON.stringify(earlier), rotation },
    }),
  disable: (id, why) => setOnReceiver(table, id, { text: 'SET #disabled = :why', names: { disabled: 'disabled' }, values: { why } }),
  enable: id => setOnReceiver(table, id, { text: 'REMOVE #disabled, #since', names: { disabled: 'disabled', since: 'failingSince' } }),
  took: (id, at) => setOnReceiver(table, id, { text: 'SET deliveredAt = :at REMOVE failingSince', values: { at } }),
  failed: (id, at) => setOnReceiver(table, id, { text: 'SET failingSince = if_not_exists(failingSince, :at)', values: { at } }),

  enqueue: async delivery => {
    await table.transact([{ put: deliveryItem(delivery), if: IS_NEW }, ...dueWrites(null, delivery)])
  },
  due: async (at, limit) => {
    const key = { text: 'pk = :pk AND sk < :until', values: { pk: DUE, until: `${instant(at)}~` } }
    const { items } = await table.query({ key, forward: true, limit })
    return items.map(item => ({ receiver: text(item, 'receiverId'), notice: text(item, 'noticeId'), key: text(item, 'sk') }))
  },
  forget: async due => {
    await table.write({ remove: { pk: DUE, sk: due } })
  },
  move: (before, after) => move(table, before, after),
  delivery: async (receiver, notice) => {
    const item = await table.get({ pk: deliveriesOf(receiver), sk: notice })
    return item && readDelivery(item)
  },
  deliveries: (receiver, { state }, page) => {
    const filter = state && { text: '#state = :state', names: { state: 'state' }, values: { state } }
    return listPage({ table, order: 'newest-first' }, { value: deliveriesOf(receiver), filter }, page, readDelivery)
  },
  wasTold: async mark => (await table.get({ pk: TOLD, sk: mark })) !== null,
  told: async (mark, at) => {
    await table.write({ put: itemOf({ pk: TOLD, sk: mark, expiresAt: Math.floor(at / 1_000) + KEPT_SECONDS.told }) })
  },
})
