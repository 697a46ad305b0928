/** First position in an ascending column whose value is not below the given one. */
export const lowerBound = (column: Float64Array, value: number): number => {
  let [low, high] = [0, column.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((column[middle] ?? 0) < value) low = middle + 1
    else high = middle
  }
  return low
}

const isLowerBound = (column: Float64Array, value: number, at: number): boolean =>
  at <= column.length && (column[at] ?? Number.POSITIVE_INFINITY) >= value && (column[at - 1] ?? Number.NEGATIVE_INFINITY) < value

/** The same for many questions: modules are read from front to back, so the answer is mostly the last one or the one behind it. */
export const lowerBoundsOf = (column: Float64Array): ((value: number) => number) => {
  let last = 0
  return value => {
    if (!isLowerBound(column, value, last)) last = isLowerBound(column, value, last + 1) ? last + 1 : lowerBound(column, value)
    return last
  }
}
