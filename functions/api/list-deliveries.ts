import * as z from 'zod'
import { DELIVERY_STATES } from '../../shared/notice/index.ts'
import { onHouse } from '../http/admission.ts'
import type { Outcome } from '../http/answer.ts'
import { type InputOf, noBody, paging } from '../http/request-shape.ts'
import type { PersonCall } from '../http/serve.ts'
import type { Ports } from '../ports.ts'
import { pageAnswer } from './page-answer.ts'
import { receiverPath } from './path-schemas.ts'
import { deliveryDocument, unknownReceiver } from './receiver-document.ts'

export const shape = { path: receiverPath, query: paging.extend({ state: z.enum(DELIVERY_STATES).optional() }), body: noBody }
export const question = onHouse('viewReceivers')

/** What is or was on its way to a receiver; `state=dead` is what nobody took. */
export const listDeliveries =
  ({ notices }: Pick<Ports, 'notices'>) =>
  async ({ input: { path, query } }: PersonCall<InputOf<typeof shape>>): Promise<Outcome> => {
    if (!(await notices.receiver(path.receiver))) return unknownReceiver(path.receiver)
    return pageAnswer(await notices.deliveries(path.receiver, { state: query.state }, query), deliveryDocument)
  }
