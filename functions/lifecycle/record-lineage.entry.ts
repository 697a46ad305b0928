import { around, log } from '../wiring/around.ts'
import { wired } from '../wiring/environment.ts'
import { policy } from '../wiring/policy.ts'
import { store } from '../wiring/store.ts'
import { recordLineage } from './record-lineage.ts'
import { runTask } from './run-task.ts'

export const handler = wired(() => runTask('record-lineage', log, recordLineage({ ...store(), ...around, policy }), policy))
