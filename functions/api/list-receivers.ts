import { onHouse } from '../http/admission.ts'
import { type Outcome, ok } from '../http/answer.ts'
import { noBody, nothing } from '../http/request-shape.ts'
import type { Ports } from '../ports.ts'
import { receiverDocument } from './receiver-document.ts'

export const shape = { path: nothing, query: nothing, body: noBody }
export const question = onHouse('viewReceivers')

/** All of them, the oldest first. */
export const listReceivers =
  ({ notices }: Pick<Ports, 'notices'>) =>
  async (): Promise<Outcome> =>
    ok({ items: (await notices.receivers()).map(receiverDocument) })
