/**
 * Does the same for each item, at most `limit` at a time. One that fails keeps no other waiting; all failures are thrown together in the end.
 * Results are in the order of the items.
 */
export const inParallel = async <T, R>(items: readonly T[], limit: number, work: (item: T) => Promise<R>): Promise<readonly R[]> => {
  const results: { readonly index: number; readonly result: R }[] = []
  const failures: unknown[] = []
  const waiting = items.entries()
  const worker = async (): Promise<void> => {
    for (const [index, item] of waiting)
      try {
        results.push({ index, result: await work(item) })
      } catch (error) {
        failures.push(error)
      }
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker))
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} of ${items.length} failed: ${String(failures[0])}`)
  return results.toSorted((a, b) => a.index - b.index).map(({ result }) => result)
}
