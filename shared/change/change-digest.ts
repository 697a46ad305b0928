import { digestOf } from '../canonical/index.ts'
import type { Bound, Change } from './change.ts'

/**
 * The digest that people approve: livepatch, verdict, plan and policy version together, of this change on this fleet. Whichever moves, the
 * digest moves, and one that was seen of another change is never this one's.
 */
export const changeDigest = ({ id, fleet }: Pick<Change, 'id' | 'fleet'>, bound: Bound): string => digestOf({ ...bound, change: id, fleet })
