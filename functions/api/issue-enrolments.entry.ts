import { servePerson } from '../http/serve.ts'
import { wired } from '../wiring/environment.ts'
import { people } from '../wiring/people.ts'
import { store } from '../wiring/store.ts'
import { issueEnrolments, question, shape } from './issue-enrolments.ts'

export const handler = wired(() => servePerson('issue-enrolments', shape, question, people(), issueEnrolments(store())))
