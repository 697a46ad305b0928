import * as z from 'zod'
import { type Change, currentApprovals, revise } from '../../shared/change/index.ts'
import { approvalsSince, changeResource, PlanRequest, planOf } from '../../shared/policy/index.ts'
import type { Plan } from '../../shared/rollout/index.ts'
import type { Loaded } from '../../shared/store/index.ts'
import { appendChange, type Intent } from '../append-change.ts'
import { aboutChange, principalOf, type Question, unknownChange } from '../http/admission.ts'
import { created, etagOf, type Outcome } from '../http/answer.ts'
import { type Problem, problem } from '../http/problem.ts'
import { type InputOf, nothing } from '../http/request-shape.ts'
import type { PersonCall } from '../http/serve.ts'
import { judgeNow } from '../judge-now.ts'
import type { JudgePorts } from '../judged-on-fleet.ts'
import { noEarlier } from '../no-earlier.ts'
import type { Ports } from '../ports.ts'
import { waitAnew, wakeIfDue } from '../wake.ts'
import { changeBrief, heldOf, sinceOf } from './change-document.ts'
import { refusedProblem } from './not-allowed-now.ts'
import { changePath } from './path-schemas.ts'

export const shape = {
  path: changePath,
  query: nothing,
  body: z.strictObject({
    digest: z.string().regex(/^[0-9a-f]{64}$/, 'send the change digest that you saw'),
    /** What it leaves out stays as it is. */
    plan: PlanRequest.optional(),
    reason: z.string().trim().min(1, 'say why').max(2_000),
  }),
}
type Input = InputOf<typeof shape>
export type RevisePorts = JudgePorts & Pick<Ports, 'ledger' | 'holds' | 'policy' | 'workflow' | 'now' | 'newId'>

/** Whoever may propose for the fleet may revise what was proposed for it. */
export const question =
  ({ ledger }: Pick<Ports, 'ledger'>): Question<Input> =>
  ({ path }, person) =>
    aboutChange(ledger.loadChange, path.change, (_, { fleet }) => ({
      principal: principalOf(person),
      action: 'proposeChange',
      resource: { type: 'Fleet', id: fleet },
    }))

const plannedOn = ({ plan }: Change, asked: PlanRequest) => {
  const { budgets } = asked
  const { failed, stalled, silent } = plan.budgets
  return planOf({
    ...plan,
    ...asked,
    budgets: {
      failed: { ...failed, ...budgets?.failed },
      stalled: { ...stalled, ...budgets?.stalled },
      silent: { ...silent, ...budgets?.silent },
    },
  })
}

/** Whose approvals count on, where the policies in force say that any do: theirs who may approve under these, too. */
const carriesOf = ({ policy, now }: RevisePorts, change: Change): readonly string[] => {
  if (policy.set().settings.carryApprovals === 'never') return []
  const since = approvalsSince(policy.set().settings, change, now())
  const mayStill = ({ by: { id, groups } }: ReturnType<typeof currentApprovals>[number]): boolean =>
    policy.authorize({
      principal: principalOf({ id, name: '', groups }),
      action: 'approveChange',
      resource: changeResource(change),
      context: { decision: 'approve' },
    }).allowed
  return currentApprovals(change, since)
    .filter(mayStill)
    .map(({ by }) => by.id)
}

const decide = async (ports: RevisePorts, call: PersonCall<Input>, loaded: Loaded): Promise<Intent<Loaded | Problem>> => {
  const { change } = loaded
  const { id, person: by, input } = call
  const { digest, plan: asked, reason } = input.body
  if (change.review?.revision?.id === id) return { settled: loaded }
  let plan: Plan | null = null
  if (asked !== undefined) {
    const planned = plannedOn(change, asked)
    if (!planned.ok)
      return {
        settled: problem('plan-refused', `Correct the plan: ${planned.problems.join(' ')}`, { problems: planned.problems }),
      }
    plan = planned.plan
  }
  const outcome = revise(change, {
    id,
    by,
    digest,
    plan,
    reason,
    carries: carriesOf(noEarlier(ports, loaded), change),
    ...(await judgeNow(ports, change, plan ?? change.plan)),
  })
  return outcome.ok ? { events: outcome.events, actor: by.id, decision: call.decision } : { settled: refusedProblem(change, outcome) }
}

/** Judges a change in review again, with another plan or on what is there now. What was said on it before counts no more. */
export const reviseChange =
  (ports: RevisePorts) =>
  async (call: PersonCall<Input>): Promise<Outcome> => {
    const id = call.input.path.change
    const appended = await appendChange<Loaded | Problem>(ports, id, loaded => decide(ports, call, loaded))
    if (!appended) return unknownChange(id)
    const loaded = 'loaded' in appended ? appended.loaded : appended.settled
    if ('problem' in loaded) return loaded
    await waitAnew(ports, loaded)
    await wakeIfDue(ports, id)
    // What it needs now is `GET /changes/{change}`'s to tell: working that out as well would make the largest function larger.
    const { change, version } = loaded
    return created(`/changes/${id}`, changeBrief(loaded, [], await heldOf(ports, change), sinceOf(ports, change)), {
      etag: etagOf(version),
    })
  }
