import {
  type Answer,
  authorize,
  countDown,
  countingApprovals,
  type Decision,
  minuteText,
  type Request,
  type Resource,
  tallyOf,
  WORKFLOW_PRINCIPAL,
} from '../policy/index.ts'
import type { EditApproval, PolicyEdit, PolicyEditEvent } from './edit.ts'
import { decideBefore } from './evolve-edit.ts'
import { type ActivePolicies, type Edition, loadLayered } from './layer.ts'
import { changedFiles } from './policy-files.ts'

/** The approvals that count, by the one rule that holds for changes, too: of this digest, not withdrawn, not the proposer's, one a person. */
export const countingEditApprovals = ({ proposer, digest, approvals }: PolicyEdit): readonly EditApproval[] =>
  countingApprovals({ proposer, review: { digest, approvals: approvals.map(approval => ({ ...approval, signOff: [] })) } })

/** An edit as policies see it. */
export const editResource = ({ id, fleet, proposer }: Pick<PolicyEdit, 'id' | 'fleet' | 'proposer'>): Resource => ({
  type: 'PolicyEdit',
  id,
  fleet,
  proposer: proposer.id,
})

const tallyOfEdit = (edit: PolicyEdit) => tallyOf(countingEditApprovals(edit).map(({ by }) => ({ by, signOff: [] })))

const enactQuestion = (edit: PolicyEdit): Request => ({
  principal: WORKFLOW_PRINCIPAL,
  action: 'enactPolicy',
  resource: editResource(edit),
  context: {
    approvals: tallyOfEdit(edit),
    scope: edit.fleet === null ? 'house' : 'fleet',
  },
})

/* The policies that the edit starts from, which it would change. No other ones are asked. */
const answerOf = ({ set }: ActivePolicies, edit: PolicyEdit): Answer => authorize(set, enactQuestion(edit))

/** What an edit in review still needs and until when, in plain words. Precondition: `active` is what the edit starts from. */
export const missingForEnactment = (active: ActivePolicies, edit: PolicyEdit): readonly string[] => {
  const answer = answerOf(active, edit)
  if (answer.allowed) return []
  const rules = active.set.policies.filter(({ id }) => answer.policies.includes(id))
  const [approvals, before] = [tallyOfEdit(edit), minuteText(decideBefore(edit))]
  return rules.length === 0 ? answer.reasons : rules.map(rule => `${rule.reason}${countDown(rule, approvals)}, before ${before}`)
}

export type Enactment = { readonly event: PolicyEditEvent; readonly edition: Edition; readonly decision: Decision }

/**
 * The edition that an edit becomes, where the policies that it would change let it come into force now; null: not now. An edit that starts
 * from other policies than those in force becomes nothing: it was read and approved beside other texts.
 */
export const enactEdit = (active: ActivePolicies, edit: PolicyEdit): Enactment | null => {
  const { set, edition, floor } = active
  if (edit.status !== 'in-review' || edit.base.version !== set.version || edit.base.edition !== edition.number) return null
  const answer = answerOf(active, edit)
  if (!answer.allowed) return null
  const next: Edition = { number: edition.number + 1, files: changedFiles(edition.files, edit.files) }
  const loaded = loadLayered(floor, next)
  if (!loaded.ok) return null
  const { policies } = answer.decision
  const event = { type: 'enacted', digest: edit.digest, edition: next.number, version: loaded.set.version, policies } as const
  return { event, edition: next, decision: answer.decision }
}
