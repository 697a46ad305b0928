import { servePerson } from '../http/serve.ts'
import { wired } from '../wiring/environment.ts'
import { notices } from '../wiring/notices.ts'
import { people } from '../wiring/people.ts'
import { receiverKey } from '../wiring/receivers.ts'
import { store } from '../wiring/store.ts'
import { controlReceiver, question, shape } from './control-receiver.ts'

export const handler = wired(() =>
  servePerson(
    'control-receiver',
    shape,
    question,
    people(),
    controlReceiver({ ...store(), notices: notices(), receiverKey: receiverKey() }),
  ),
)
