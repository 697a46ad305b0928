import * as z from 'zod'
import { FleetId } from '../../shared/fleet/index.ts'
import { plainText, RECEIVER_KINDS, type Receiver, secretText, shownAddress, WANTED_KINDS } from '../../shared/notice/index.ts'
import { onHouse } from '../http/admission.ts'
import { type Outcome, secretly } from '../http/answer.ts'
import { type Problem, problem } from '../http/problem.ts'
import { type InputOf, nothing } from '../http/request-shape.ts'
import type { PersonCall } from '../http/serve.ts'
import { type AddressRules, refusedUrl } from '../notice/receiver-address.ts'
import { secretOf } from '../notice/receiver-secret.ts'
import type { Ports } from '../ports.ts'
import { receiverDocument } from './receiver-document.ts'

const NAME_MAX = 64

export const shape = {
  path: nothing,
  query: nothing,
  body: z.strictObject({
    name: z
      .string()
      .min(1)
      .max(NAME_MAX)
      .refine(name => plainText(name, NAME_MAX) === name, 'use one line of printable characters'),
    kind: z.enum(RECEIVER_KINDS),
    /** Of a webhook or a Slack channel; the event bus has none. */
    url: z.string().max(2_000).optional(),
    /** Empty: of every fleet. */
    fleets: z.array(FleetId).max(50).default([]),
    /** Empty: every kind, those too that come later. */
    kinds: z.array(z.enum(WANTED_KINDS)).max(WANTED_KINDS.length).default([]),
    /** Whom it speaks to: reminders go to the groups whose approval is missing. */
    group: z.string().min(1).max(128).nullable().default(null),
  }),
}
type Input = InputOf<typeof shape>
export const question = onHouse('manageReceivers')

export type CreatePorts = Pick<Ports, 'ledger' | 'notices' | 'receiverKey'> & { readonly addresses: AddressRules }

const RECEIVERS_MAX = 100

const addressProblem = ({ addresses }: CreatePorts, { kind, url }: Input['body']): Problem | null => {
  if (kind === 'eventbridge')
    return url === undefined ? null : problem('receiver-refused', 'Leave `url` out: events go to the bus of this installation.')
  if (url === undefined) return problem('receiver-refused', 'Say in `url` where it is to be told: an address that begins with https://.')
  const refused = refusedUrl(url, addresses)
  return refused === null
    ? null
    : problem('receiver-refused', `Give another \`url\`, an https:// address of the public internet: ${refused}.`)
}

const NOTE = 'The secret is told once. Rotate it to get another.'

/**
 * Adds somebody who is told. A webhook's secret is made here and told in this answer only; the history records who is told about what, and of
 * the address only its origin.
 */
export const createReceiver =
  (ports: CreatePorts) =>
  async ({ id, at, input: { body }, person, decision }: PersonCall<Input>): Promise<Outcome> => {
    const refused = addressProblem(ports, body)
    if (refused) return refused
    const { ledger, notices, receiverKey } = ports
    const others = (await notices.receivers()).filter(other => other.id !== id)
    if (others.length >= RECEIVERS_MAX)
      return problem('too-many-receivers', `Remove one first: ${RECEIVERS_MAX} is as many as there may be.`)
    const { url = null, ...rest } = body
    const receiver: Receiver = { ...rest, id, url, createdBy: person.id, createdAt: new Date(at).toISOString() }
    await notices.addReceiver(receiver)
    const { name, kind, fleets, kinds, group } = receiver
    const event = { type: 'receiver-created', receiver: id, name, kind, address: shownAddress(receiver), fleets, kinds, group }
    await ledger.record({ stream: `receiver#${id}`, event, actor: person.id, at, commitId: id, decision })
    const health = {
      generation: 1,
      previousUntil: null,
      earlier: [],
      rotation: null,
      disabled: null,
      failingSince: null,
      deliveredAt: null,
    }
    const document = receiverDocument({ ...receiver, ...health })
    if (kind !== 'webhook') return secretly({ ...document, secret: null }, { ...document, secret: null })
    const secret = secretText(await secretOf(receiverKey, id, 1))
    return secretly({ ...document, secret }, { ...document, secret: null, note: NOTE })
  }
