import { around, log } from '../wiring/around.ts'
import { wired } from '../wiring/environment.ts'
import { policy } from '../wiring/policy.ts'
import { publishing } from '../wiring/publishing.ts'
import { halt } from './halt.ts'
import { runTask } from './run-task.ts'

export const handler = wired(() => runTask('halt', log, halt({ ...publishing(), ...around, policy }), policy))
