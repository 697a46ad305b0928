import * as z from 'zod'
import { Stack } from '../kernel/index.ts'
import { TransitionEvidence } from './transition-evidence.ts'

/** Host states, as hosts report them. */
export const HOST_STATES = [
  'unapplied',
  'pending',
  'in-transition',
  'transition-stalled',
  'reversing',
  'between',
  'applied',
  'apply-failed',
  'forced',
  'superseded',
  'reboot-pending',
  'kernel-upgrade-required',
  'quarantined',
  'silent',
] as const
export const HostState = z.enum(HOST_STATES)
export type HostState = z.infer<typeof HostState>

/** When a host ran without what it disabled: from the first write to `enabled` until the new livepatch was proven, by the host's own clock. */
export const Between = z.object({
  /** Epoch milliseconds. */
  since: z.int(),
  /** Null: it still does. */
  until: z.int().nullable(),
  /** Livepatches that are disabled, oldest first. */
  disables: z.array(z.string().max(55)).max(64).readonly(),
})
export type Between = z.infer<typeof Between>

/** One host's account of itself. It travels as a compact JWS signed with the host's own Ed25519 key (alg EdDSA, kid = host id). */
export const Report = z.object({
  schema: z.literal('supersede.report/1'),
  host: z.string().min(1).max(64),
  fleet: z.string().min(1).max(64),
  /** Grows by one a report; the newest counts, an older or equal one changes nothing. */
  sequence: z.int().positive(),
  /** The host's own clock, epoch milliseconds: when it was true. */
  at: z.int(),
  /** /proc/sys/kernel/random/boot_id */
  bootId: z.string().max(64),
  state: HostState,
  stack: Stack,
  /** Version of the newest directive that the host accepted, 0 before the first. */
  directiveVersion: z.int().min(0),
  /** The change that this state answers; null when the host has acted on none. */
  change: z.string().max(64).nullable(),
  /** Why the host did not do what it was asked to, or null. */
  refusal: z
    .object({
      code: z.enum([
        'bad-signature',
        'older-directive',
        'expired-directive',
        'wrong-fleet',
        'digest-mismatch',
        'stack-not-admitted',
        'verdict-differs',
        'kernel-refused',
        'download-failed',
        'malformed-directive',
        /** A stop order is in force: the host does not begin what its directive asks; or it is between two livepatches and may not go on. */
        'stopped',
      ]),
      detail: z.string().max(500),
    })
    .nullable(),
  /** Of a transition that has stalled: what it waits for. Left out while none has. */
  transition: TransitionEvidence.optional(),
  /** The clearance with which the host forced its transition, while it is `forced`. */
  clearance: z.string().max(26).optional(),
  /** Of a change by the route disable-then-load, once this host has begun it. */
  between: Between.optional(),
})
export type Report = z.infer<typeof Report>
