import { type ActivePolicies, activePolicies, NO_EDITION } from '../shared/edition/index.ts'
import { authorize, type PolicyTexts } from '../shared/policy/index.ts'
import type { PolicyLookup } from '../shared/store/index.ts'
import type { PolicyPort } from './ports.ts'

/**
 * The deployed policies with the edition in force on top. `refresh` reads one small item, strongly consistent, and parses only what it has not
 * seen. Nobody is answered before the first look: rules that an edition added must not be missed by whoever forgot to look.
 */
export const policyInForce = (floor: () => PolicyTexts, policies: () => PolicyLookup): PolicyPort => {
  let known: ActivePolicies | null = null

  const refresh = async (): Promise<void> => {
    const number = (await policies().active())?.number ?? 0
    if (known?.edition.number === number) return
    const edition = number === 0 ? NO_EDITION : await policies().edition(number)
    if (!edition) throw new Error(`edition ${number} of the policies is in force and is not there`)
    /* Numbers only grow: whoever looked earlier and comes later takes nothing back. */
    if (known === null || known.edition.number < number) known = activePolicies(floor(), edition)
  }

  const active = (): ActivePolicies => {
    if (known === null) throw new Error('which policies are in force was not looked up')
    return known
  }
  const set = () => active().set
  return { refresh, active, set, authorize: request => authorize(set(), request) }
}
