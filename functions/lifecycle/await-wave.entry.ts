import { around, log } from '../wiring/around.ts'
import { wired } from '../wiring/environment.ts'
import { policy } from '../wiring/policy.ts'
import { workflow } from '../wiring/services.ts'
import { store } from '../wiring/store.ts'
import { awaitWave } from './await-wave.ts'
import { runTask } from './run-task.ts'

export const handler = wired(() => runTask('await-wave', log, awaitWave({ ...store(), ...around, policy, workflow: workflow() }), policy))
