import { authorize, HOUSE, type PolicySet, type Principal, type Request, WORKFLOW_PRINCIPAL } from '../policy/index.ts'

/* The words under which rules may count people: groups, and tags of the tally. */
const NAMED = /(?:Group::|(?:getTag|hasTag)\()"((?:[^"\\]|\\.)*)"/g
const groupsIn = ({ policies }: PolicySet): readonly string[] => [
  ...new Set(policies.flatMap(({ text }) => [...text.matchAll(NAMED)].map(([, group]) => group ?? ''))),
]

const MANY = 1_000
const EDIT = { type: 'PolicyEdit', id: 'any', fleet: null, proposer: '' } as const

/** The questions to which somebody must be told yes, or no edit would ever come into force again. */
const questionsOf = (set: PolicySet): readonly (readonly [string, Request])[] => {
  const groups = groupsIn(set)
  const somebody: Principal = { type: 'Person', id: ' ', groups }
  const members = Object.fromEntries(groups.map(group => [group, MANY]))
  const approvals = { people: MANY, members, signedOff: [], changesRequested: 0 }
  return [
    ['look at the policies', { principal: somebody, action: 'viewPolicy', resource: HOUSE }],
    ['propose an edit of them', { principal: somebody, action: 'editPolicy', resource: HOUSE }],
    ['approve one', { principal: somebody, action: 'decidePolicyEdit', resource: EDIT, context: { decision: 'approve' } }],
    [
      'put one into force, whoever approves',
      { principal: WORKFLOW_PRINCIPAL, action: 'enactPolicy', resource: EDIT, context: { approvals, scope: 'house' } },
    ],
  ]
}

/** Sentences on what nobody could do any more under these policies, so that only a deployment could undo them; empty where the way back is open. */
export const closedWaysBack = (set: PolicySet): readonly string[] =>
  questionsOf(set).flatMap(([what, request]) => {
    const answer = authorize(set, request)
    if (answer.allowed) return []
    return [`nobody could ${what} any more, because of ${answer.policies.join(', ') || 'no rule that permits it'}`]
  })
