import { servePerson } from '../http/serve.ts'
import { wired } from '../wiring/environment.ts'
import { notices } from '../wiring/notices.ts'
import { people } from '../wiring/people.ts'
import { listDeliveries, question, shape } from './list-deliveries.ts'

export const handler = wired(() => servePerson('list-deliveries', shape, question, people(), listDeliveries({ notices: notices() })))
