import * as z from 'zod'
import { Route } from './plan.ts'

/**
 * What the hosts of a fleet shall run: one small document, constant in size and cost however large the fleet.
 * Signed as a whole (Ed25519, signingBytes); the version only grows.
 */
export const Directive = z.object({
  schema: z.literal('supersede.directive/1'),
  fleet: z.string(),
  version: z.int().positive(),
  /** Epoch milliseconds. */
  issuedAt: z.int(),
  expiresAt: z.int(),
  /** Null: nothing is asked of the hosts; they stay as they are. */
  ask: z
    .object({
      change: z.string(),
      /** Of the change digest's approvals, the people by whose word this directive exists. */
      approvedBy: z.array(z.string()).max(50).readonly(),
      livepatch: z.object({ digest: z.string(), name: z.string(), size: z.int(), location: z.string() }),
      route: Route,
      /** While stopped: hosts that are between two livepatches go on to this one, so that none is left without. Nothing else begins. */
      finish: z.literal(true).optional(),
      /** Hosts whose bucket is below this act (1/10,000). */
      share: z.int().min(0).max(10_000),
      /** Stack digests that the verdict covered; a host with another stack refuses and reports. At most 256. */
      admitted: z.array(z.string()).max(256).readonly(),
    })
    .nullable(),
  /** Hosts act on nothing while true, and still poll. */
  stopped: z.boolean(),
  pollSeconds: z.number().positive(),
})
export type Directive = z.infer<typeof Directive>

export const SignedDirective = z.object({
  directive: Directive,
  /** Names the public key; the key itself reaches the host at enrolment. */
  keyId: z.string(),
  /** Base64 of the 64-byte Ed25519 signature over the directive's signingBytes, which cover its canonical JSON. */
  signature: z.string(),
})
export type SignedDirective = z.infer<typeof SignedDirective>
