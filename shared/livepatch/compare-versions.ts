/** Orders two versions of one series: negative if `a` is older than `b`. A missing number counts as 0, so `2` equals `2.0`. */
export const compareVersions = (a: string, b: string): number => {
  const [left, right] = [a, b].map(version => version.split('.').map(Number)) as [number[], number[]]
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
