import { carryOutLeft } from '../holds/carry-out.ts'
import { noteDeployment } from '../note-deployment.ts'
import { around, log } from '../wiring/around.ts'
import { isSet, wired } from '../wiring/environment.ts'
import { policies } from '../wiring/policies.ts'
import { policy } from '../wiring/policy.ts'
import { publishing } from '../wiring/publishing.ts'
import { workflow } from '../wiring/services.ts'
import { store } from '../wiring/store.ts'
import { renewDirectives } from './renew-directives.ts'
import { runTask } from './run-task.ts'
import { sweep } from './sweep.ts'
import { sweepEdits } from './sweep-edits.ts'

/** Without leave to sign it sweeps changes only, and the directives are renewed by the hosts' own polling of the API. */
const canPublish = (): boolean => isSet('SIGNING_KEY_ID') && isSet('ARTIFACTS_BUCKET')

const nothing = (): null => null
const failure = (error: unknown) => ({ error })

export const handler = wired(() => {
  const sweepChanges = sweep({ ...store(), ...around, policy, workflow: workflow() })
  const holding = () => ({ ...publishing(), ...around, policy, workflow: workflow() })
  return runTask(
    'sweep',
    log,
    async () => {
      const failed = canPublish() ? await carryOutLeft(holding()).then(nothing, failure) : null
      const seen = await sweepChanges()
      await noteDeployment({ ...store(), ...around, policy })
      await sweepEdits({ ...around, policies: policies(), policy })
      if (canPublish()) await renewDirectives(publishing())
      if (failed) throw failed.error
      return seen
    },
    policy,
  )
})
