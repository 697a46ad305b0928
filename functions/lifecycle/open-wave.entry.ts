import { around, log } from '../wiring/around.ts'
import { wired } from '../wiring/environment.ts'
import { policy } from '../wiring/policy.ts'
import { publishing } from '../wiring/publishing.ts'
import { store } from '../wiring/store.ts'
import { openWave } from './open-wave.ts'
import { runTask } from './run-task.ts'

export const handler = wired(() =>
  runTask('open-wave', log, openWave({ ...publishing(), ...around, policy, lineage: store().lineage }), policy),
)
