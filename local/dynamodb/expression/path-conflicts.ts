import type { Path } from './syntax.ts'
import { quotedPath } from './syntax.ts'

/** Where two paths part: nowhere (one holds the other), at steps of different kinds, or at two names or two indexes. */
const meeting = (one: Path, two: Path): 'overlap' | 'conflict' | undefined => {
  for (let at = 0; at < one.length && at < two.length; at++) {
    if (typeof one[at] !== typeof two[at]) return 'conflict'
    if (one[at] !== two[at]) return undefined
  }
  return 'overlap'
}

/** No two paths of an expression may name the same place, or hold one another. Returns the service's complaint. */
export const pathConflict = (paths: readonly Path[]): string | undefined => {
  for (const wanted of ['overlap', 'conflict'] as const)
    for (const [at, two] of paths.entries())
      for (const one of paths.slice(0, at)) {
        if (one[0] !== two[0] || meeting(one, two) !== wanted) continue
        return (
          `Two document paths ${wanted} with each other; must remove or rewrite one of these paths; ` +
          `path one: ${quotedPath(one)}, path two: ${quotedPath(two)}`
        )
      }
  return undefined
}
