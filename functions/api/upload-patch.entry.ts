import { servePerson } from '../http/serve.ts'
import { wired } from '../wiring/environment.ts'
import { people } from '../wiring/people.ts'
import { objects } from '../wiring/services.ts'
import { question, shape, uploadPatch } from './upload-patch.ts'

export const handler = wired(() => servePerson('upload-patch', shape, question, people(), uploadPatch({ objects: objects() })))
