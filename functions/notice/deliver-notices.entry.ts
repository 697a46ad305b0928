import { runTask } from '../lifecycle/run-task.ts'
import { around, log } from '../wiring/around.ts'
import { wired } from '../wiring/environment.ts'
import { notifying } from '../wiring/notifying.ts'
import { policies } from '../wiring/policies.ts'
import { policy } from '../wiring/policy.ts'
import { store } from '../wiring/store.ts'
import { deliverNotices } from './deliver-notices.ts'

export const handler = wired(() => {
  const { ledger, holds, catalog } = store()
  const deliver = deliverNotices({ ...notifying(), ...around, ledger, holds, catalog, policies: policies(), policy })
  return runTask('deliver-notices', log, () => deliver(), policy)
})
