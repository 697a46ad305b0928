import { servePerson } from '../http/serve.ts'
import { wired } from '../wiring/environment.ts'
import { notifying } from '../wiring/notifying.ts'
import { people } from '../wiring/people.ts'
import { question, shape, testReceiver } from './test-receiver.ts'

export const handler = wired(() => servePerson('test-receiver', shape, question, people(), testReceiver(notifying())))
