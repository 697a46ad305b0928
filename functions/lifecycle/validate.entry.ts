import { around, log } from '../wiring/around.ts'
import { wired } from '../wiring/environment.ts'
import { policy } from '../wiring/policy.ts'
import { objects } from '../wiring/services.ts'
import { store } from '../wiring/store.ts'
import { runTask } from './run-task.ts'
import { validate } from './validate.ts'

export const handler = wired(() => runTask('validate', log, validate({ ...store(), ...around, policy, objects: objects() }), policy))
