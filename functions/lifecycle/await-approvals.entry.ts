import { log } from '../wiring/around.ts'
import { wired } from '../wiring/environment.ts'
import { workflow } from '../wiring/services.ts'
import { store } from '../wiring/store.ts'
import { awaitApprovals } from './await-approvals.ts'
import { runTask } from './run-task.ts'

export const handler = wired(() => runTask('await-approvals', log, awaitApprovals({ ...store(), workflow: workflow() })))
