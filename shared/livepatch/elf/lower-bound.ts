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
