/** Closes a switch over a union: a member without a case does not compile. */
export const assertNever = (value: never): never => {
  throw new Error(`no case for ${JSON.stringify(value)}`)
}
