import { hash } from 'node:crypto'
import { BUCKETS, type Plan, SLOTS } from './plan.ts'

/**
 * A host's place in every rollout, 0..9,999: the first six bytes (big endian) of SHA-256 over `supersede.bucket/1:<host id>`,
 * modulo 10,000. Computed on the host and by the control plane alike and never stored as a list, so that opening a share is
 * one write however large the fleet. Uniform: 2^48 is so much larger than 10,000 that the modulo's bias is below 4e-11.
 */
export const bucketOf = (hostId: string): number => hash('sha256', `supersede.bucket/1:${hostId}`, 'buffer').readUIntBE(0, 6) % BUCKETS

/** Hundredth of the fleet that a bucket lies in, 0..99; counters are kept by it. */
export const slotOf = (bucket: number): number => Math.floor(bucket / (BUCKETS / SLOTS))

/** Index of the first wave that opens a bucket. Every bucket has one, because the last share is all of them; -1 for a plan without. */
export const waveOf = (plan: Plan, bucket: number): number => plan.waves.findIndex(wave => bucket < wave.share)
