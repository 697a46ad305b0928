import type { EditRefused, PolicyEdit } from '../../shared/edition/index.ts'
import { type Problem, problem } from '../http/problem.ts'

export const unknownEdit = (id: string): Problem =>
  problem('unknown-policy-edit', `Look for the edit with \`GET /policies/edits\`; ${JSON.stringify(id)} is none.`)

/** The decider's refusals of people's commands, as problems. */
export const editProblem = ({ refused, detail, faults }: EditRefused, edit: PolicyEdit | null): Problem => {
  switch (refused) {
    case 'files-refused': {
      const told = faults.slice(0, 3).map(({ path, message }) => (path === '' ? message : `${path}: ${message}`))
      return problem('policy-edit-refused', `${detail} ${told.join('; ')}.`, { faults })
    }
    case 'stale-digest':
      return problem('outdated-digest', detail, { digest: edit?.digest ?? null })
    case 'own-edit':
      return problem('four-eyes', detail)
    case 'reason-missing':
    case 'comment-missing':
      return problem('invalid-input', detail)
    case 'outdated':
      return problem('policy-edit-outdated', detail)
    case 'ended':
      return edit?.status === 'outdated'
        ? problem('policy-edit-outdated', edit.ending ?? detail)
        : problem('not-allowed-now', `${edit?.ending ?? ''} ${detail}`.trim(), { state: edit?.status ?? null, reason: refused })
    default:
      return problem('not-allowed-now', detail, { state: edit?.status ?? null, reason: refused })
  }
}
