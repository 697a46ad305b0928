/** For our own mistakes only; what a caller can get wrong is answered with a value. */
export function invariant(condition: unknown, sentence: string): asserts condition {
  if (!condition) throw new Error(`Broken invariant: ${sentence}`)
}
