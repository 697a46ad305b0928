import * as z from 'zod'
import { onHouse } from '../http/admission.ts'
import { type Outcome, ok } from '../http/answer.ts'
import { problem } from '../http/problem.ts'
import { type InputOf, nothing } from '../http/request-shape.ts'
import type { PersonCall } from '../http/serve.ts'
import { type AttemptPorts, attemptDelivery } from '../notice/attempt-delivery.ts'
import { deliveryPath } from './path-schemas.ts'
import { deliveryDocument, unknownReceiver } from './receiver-document.ts'

export const shape = { path: deliveryPath, query: nothing, body: z.strictObject({}) }
type Input = InputOf<typeof shape>
export const question = onHouse('manageReceivers')

/** One attempt, now: of a dead one, of one that waits for its next attempt, or of one that was taken and is wanted again. Its id stays. */
export const retryDelivery =
  (ports: AttemptPorts) =>
  async ({ input: { path } }: PersonCall<Input>): Promise<Outcome> => {
    const receiver = await ports.notices.receiver(path.receiver)
    if (!receiver) return unknownReceiver(path.receiver)
    const delivery = await ports.notices.delivery(path.receiver, path.delivery)
    if (!delivery)
      return problem(
        'unknown-delivery',
        `Look for the delivery with \`GET /receivers/${receiver.id}/deliveries\`; ${JSON.stringify(path.delivery)} is none.`,
      )
    const after = await attemptDelivery(ports, delivery, receiver, { once: true })
    if (after === null) return problem('delivery-under-way', 'Look at it again in a minute: it is being attempted just now.')
    return ok(deliveryDocument(after))
  }
