/** For our own mistakes and broken histories only; whatever a person can cause is a refusal. */
export const invariant: (condition: boolean, sentence: string) => asserts condition = (condition, sentence) => {
  if (!condition) throw new Error(`change: ${sentence}`)
}

export const assertNever = (value: never): never => {
  throw new Error(`change: ${JSON.stringify(value)} was not foreseen`)
}
