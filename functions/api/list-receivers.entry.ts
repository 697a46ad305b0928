import { servePerson } from '../http/serve.ts'
import { wired } from '../wiring/environment.ts'
import { notices } from '../wiring/notices.ts'
import { people } from '../wiring/people.ts'
import { listReceivers, question, shape } from './list-receivers.ts'

export const handler = wired(() => servePerson('list-receivers', shape, question, people(), listReceivers({ notices: notices() })))
