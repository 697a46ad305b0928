import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs'
import { withKnown } from './known-conditions.ts'
import { boundOf, entitiesOf } from './policy-scope.ts'
import { DECISIONS, type DecisionOnChange } from './request.ts'

/**
 * What a fleet's own rule may speak about: what would change its hosts. Nobody may be kept from looking, stopping or halting, by
 * whatever rule: a rule that holds a stop back would weaken the house's.
 */
export const TEAM_ACTIONS: readonly string[] = ['move', 'releaseChange', 'openWave', 'proposeChange', 'approveChange', 'manageFleet']

/** What a fleet may ask more for: whatever brings a change nearer to hosts. Saying no, and taking back a yes, stay open to all. */
const TEAM_DECISIONS: readonly DecisionOnChange[] = ['approve', 'delegate', 'confirm']

const listed = (words: readonly string[]): string => words.join(', ').replace(/, ([^,]*)$/, ' and $1')

/**
 * Why a policy that speaks about approveChange may hold back what has to stay open. A policy that fails denies, too, so what is said has to be
 * asked about before anything that may fail.
 */
const faultOfDecisions = (policy: PolicyJson): string | null => {
  const open = DECISIONS.filter(decision => !TEAM_DECISIONS.includes(decision))
  const heldBack = open.filter(decision => withKnown(policy, new Map([['decision', decision]])) !== null)
  if (heldBack.length === 0) return null
  return `it may hold ${listed(heldBack)} back, which stay open to whom the house lets; begin its condition with \`context.decision == "approve" && …\` (or one of ${TEAM_DECISIONS.join(', ')})`
}

/**
 * Why a policy cannot be a fleet's own; null where it can. It forbids, on that fleet alone and by its scope alone, so that whatever
 * stands in its conditions it can let nothing through and reach no other fleet.
 */
export const faultOfTeamPolicy = (fleet: string, policy: PolicyJson): string | null => {
  const { effect, action, resource } = policy
  const bound = boundOf(resource)
  const actions = entitiesOf(action)?.map(({ id }) => id) ?? null
  if (effect !== 'forbid') return 'a fleet’s own rule can only forbid; what is permitted is for the rules of the house to say'
  if (bound?.type !== 'Fleet' || bound.id !== fleet)
    return `its scope reaches beyond the fleet; write \`resource in Fleet::${JSON.stringify(fleet)}\` in its head`
  const strange = actions === null ? 'all actions' : actions.find(id => !TEAM_ACTIONS.includes(id))
  if (strange !== undefined) return `it speaks about ${strange}; a fleet’s own rule names some of ${TEAM_ACTIONS.join(', ')} in its head`
  return actions?.includes('approveChange') ? faultOfDecisions(policy) : null
}
