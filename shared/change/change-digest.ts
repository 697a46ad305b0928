import { digestOf } from '../canonical/index.ts'
import type { Bound } from './change.ts'

/** The digest that people approve: livepatch, verdict, plan and policy version together. Whichever moves, the digest moves. */
export const changeDigest = (bound: Bound): string => digestOf(bound)
