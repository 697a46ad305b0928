import { around, log } from '../wiring/around.ts'
import { wired } from '../wiring/environment.ts'
import { policy } from '../wiring/policy.ts'
import { publishing } from '../wiring/publishing.ts'
import { judgeWave } from './judge-wave.ts'
import { runTask } from './run-task.ts'

export const handler = wired(() => runTask('judge-wave', log, judgeWave({ ...publishing(), ...around, policy }), policy))
