import { around, log } from '../wiring/around.ts'
import { wired } from '../wiring/environment.ts'
import { policy } from '../wiring/policy.ts'
import { store } from '../wiring/store.ts'
import { expireApprovals } from './expire-approvals.ts'
import { runTask } from './run-task.ts'

export const handler = wired(() => runTask('expire-approvals', log, expireApprovals({ ...store(), ...around, policy }), policy))
