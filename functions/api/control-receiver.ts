import * as z from 'zod'
import { secretText } from '../../shared/notice/index.ts'
import type { KeptReceiver } from '../../shared/store/index.ts'
import { onHouse } from '../http/admission.ts'
import { type Outcome, ok, secretly } from '../http/answer.ts'
import { problem } from '../http/problem.ts'
import { type InputOf, nothing } from '../http/request-shape.ts'
import type { PersonCall } from '../http/serve.ts'
import { oldSecrets, secretOf } from '../notice/receiver-secret.ts'
import type { Ports } from '../ports.ts'
import { receiverPath } from './path-schemas.ts'
import { receiverDocument, unknownReceiver } from './receiver-document.ts'

export const shape = {
  path: receiverPath,
  query: nothing,
  body: z.strictObject({
    command: z.enum(['rotate', 'enable', 'disable', 'remove']),
    reason: z.string().max(500).default(''),
    /** Of `rotate`: how long the old secret signs as well; 0 ends every older one. */
    overlapSeconds: z
      .int()
      .min(0)
      .max(7 * 86_400)
      .default(86_400),
  }),
}
type Input = InputOf<typeof shape>
export const question = onHouse('manageReceivers')

const EVENTS = { rotate: 'receiver-rotated', enable: 'receiver-enabled', disable: 'receiver-disabled', remove: 'receiver-removed' } as const

type ControlPorts = Pick<Ports, 'ledger' | 'notices' | 'receiverKey'>

const NOTE = 'The secret is told once. Rotate it again, with a new Idempotency-Key, to get another.'

/** A repetition finds the generation that the first attempt made: a second one would end the overlap with what receivers know. */
const rotate = async (
  { notices, receiverKey }: ControlPorts,
  receiver: KeptReceiver,
  { id, at, input }: PersonCall<Input>,
): Promise<Outcome> => {
  if (receiver.kind !== 'webhook')
    return problem('receiver-refused', `Rotate the secret of a webhook; a receiver of kind ${receiver.kind} has none.`)
  const previousUntil = at + input.body.overlapSeconds * 1_000
  const isDone = receiver.rotation === id
  const generation = isDone ? receiver.generation : receiver.generation + 1
  /* Without an overlap none of the old ones is trusted any more. */
  const earlier = input.body.overlapSeconds === 0 ? [] : oldSecrets(receiver).filter(({ until }) => until > at)
  if (!isDone) await notices.rotate(receiver.id, { generation, previousUntil, earlier, rotation: id })
  const document = receiverDocument({ ...receiver, generation, previousUntil })
  const secret = secretText(await secretOf(receiverKey, receiver.id, generation))
  return secretly({ ...document, secret }, { ...document, secret: null, note: NOTE }, 200)
}

const carryOut = async (ports: ControlPorts, receiver: KeptReceiver, call: PersonCall<Input>): Promise<Outcome> => {
  const { command, reason } = call.input.body
  const { notices } = ports
  switch (command) {
    case 'rotate':
      return rotate(ports, receiver, call)
    case 'enable':
      await notices.enable(receiver.id)
      return ok(receiverDocument({ ...receiver, disabled: null, failingSince: null }))
    case 'disable': {
      const disabled = reason === '' ? `Disabled by ${call.person.id}.` : `Disabled by ${call.person.id}: ${reason}`
      await notices.disable(receiver.id, disabled)
      return ok(receiverDocument({ ...receiver, disabled }))
    }
    case 'remove':
      await notices.removeReceiver(receiver.id)
      return ok(receiverDocument({ ...receiver, disabled: `Removed by ${call.person.id}.` }))
  }
}

/** A new secret, a pause, or the end of a receiver. What was on its way to a removed one is dropped. */
export const controlReceiver =
  (ports: ControlPorts) =>
  async (call: PersonCall<Input>): Promise<Outcome> => {
    const id = call.input.path.receiver
    const receiver = await ports.notices.receiver(id)
    if (!receiver) return unknownReceiver(id)
    const outcome = await carryOut(ports, receiver, call)
    if ('problem' in outcome) return outcome
    const { command, reason } = call.input.body
    const event = { type: EVENTS[command], receiver: id, reason }
    await ports.ledger.record({
      stream: `receiver#${id}`,
      event,
      actor: call.person.id,
      at: call.at,
      commitId: call.id,
      decision: call.decision,
    })
    return outcome
  }
