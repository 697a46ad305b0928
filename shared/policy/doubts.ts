import { contradictions } from './contradictions.ts'
import { idlePolicies } from './idle-policies.ts'
import { impossibleValues } from './impossible-values.ts'
import type { PolicySet } from './load-policies.ts'

/** What is doubtful about policies that are sound; one sentence each with file and id. */
export type Doubts = {
  /** Policies that can never apply, or look for what can never be. */
  readonly unreachable: readonly string[]
  /** Policies that apply and decide nothing (idlePolicies). */
  readonly idle: readonly string[]
}

/** For those who check policies; whoever only asks them has no use for it, and does not carry it. */
export const doubtsAbout = ({ parsed: { rules, actions, warnings } }: PolicySet): Doubts => {
  const impossible = rules.flatMap(({ id, file, json }) =>
    [...impossibleValues(json), ...contradictions(json)].map(fault => `${file}: ${id}: ${fault}`),
  )
  return { unreachable: [...warnings, ...impossible], idle: idlePolicies(rules, actions) }
}
