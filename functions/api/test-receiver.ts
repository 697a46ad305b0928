import * as z from 'zod'
import { type Notice, newDelivery, noticeId } from '../../shared/notice/index.ts'
import { onHouse } from '../http/admission.ts'
import { type Outcome, ok } from '../http/answer.ts'
import { type InputOf, nothing } from '../http/request-shape.ts'
import type { PersonCall } from '../http/serve.ts'
import { type AttemptPorts, attemptDelivery } from '../notice/attempt-delivery.ts'
import { receiverPath } from './path-schemas.ts'
import { deliveryDocument, unknownReceiver } from './receiver-document.ts'

export const shape = { path: receiverPath, query: nothing, body: z.strictObject({}) }
type Input = InputOf<typeof shape>
export const question = onHouse('manageReceivers')

const testNotice = ({ id, at, person }: PersonCall<Input>, publicUrl: string): Notice => ({
  id: noticeId(at, `test/${id}`),
  kind: 'test',
  at: new Date(at).toISOString(),
  fleet: null,
  subject: '',
  change: null,
  by: person.name,
  says: 'This is a test. Nothing is asked.',
  missing: [],
  decideBefore: null,
  link: `${publicUrl}/`,
})

/** One attempt, now, whatever the receiver wants to hear of; a disabled one is tried as well, and stays disabled. */
export const testReceiver =
  (ports: AttemptPorts) =>
  async (call: PersonCall<Input>): Promise<Outcome> => {
    const id = call.input.path.receiver
    const receiver = await ports.notices.receiver(id)
    if (!receiver) return unknownReceiver(id)
    const delivery = newDelivery(id, testNotice(call, ports.publicUrl), null)
    await ports.notices.enqueue(delivery)
    const after =
      (await attemptDelivery(ports, delivery, receiver, { once: true })) ?? (await ports.notices.delivery(id, delivery.notice.id))
    return ok(deliveryDocument(after ?? delivery))
  }
