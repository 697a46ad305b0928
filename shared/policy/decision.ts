declare const leave: unique symbol

/** Leave to act, which only the policy room can make (authorize); the store's writing side takes nothing else. */
export type Decision = {
  readonly [leave]: true
  readonly action: string
  readonly principal: string
  /** Ids of the policies that determined it. */
  readonly policies: readonly string[]
  /** Version (digest) of the policy set. */
  readonly policyVersion: string
}
