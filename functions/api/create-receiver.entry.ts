import { servePerson } from '../http/serve.ts'
import { wired } from '../wiring/environment.ts'
import { notices } from '../wiring/notices.ts'
import { people } from '../wiring/people.ts'
import { addresses, receiverKey } from '../wiring/receivers.ts'
import { store } from '../wiring/store.ts'
import { createReceiver, question, shape } from './create-receiver.ts'

export const handler = wired(() =>
  servePerson(
    'create-receiver',
    shape,
    question,
    people(),
    createReceiver({ ...store(), notices: notices(), receiverKey: receiverKey(), addresses: addresses() }),
  ),
)
