import { servePerson } from '../http/serve.ts'
import { wired } from '../wiring/environment.ts'
import { notifying } from '../wiring/notifying.ts'
import { people } from '../wiring/people.ts'
import { question, retryDelivery, shape } from './retry-delivery.ts'

export const handler = wired(() => servePerson('retry-delivery', shape, question, people(), retryDelivery(notifying())))
