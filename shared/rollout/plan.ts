import * as z from 'zod'

/** Shares are counted in buckets of 1/10,000; a host's bucket comes from its id (bucketOf). */
export const BUCKETS = 10_000
/** Counters are kept per slot of 100 buckets, so a wave's share is a whole number of per cent. */
export const SLOTS = 100

const Budget = z.object({
  /** Hosts. */
  count: z.int().min(0),
  /** Of the wave's hosts, 0..1. Either bound halts the wave, whichever is met first. */
  share: z.number().min(0).max(1),
})
export type Budget = z.infer<typeof Budget>

/** How hosts get to the livepatch: it replaces what they run at once, or they disable that first, remove the modules, and load it then. */
export const Route = z.enum(['replace', 'disable-then-load'])
export type Route = z.infer<typeof Route>

/** How a change moves through a fleet. */
export const Plan = z.object({
  waves: z
    .array(
      z.object({
        /** Share of the fleet in buckets that is open once the wave is; grows from wave to wave; the last is 10,000. */
        share: z.int().min(100).max(BUCKETS).multipleOf(100),
      }),
    )
    .min(1)
    .max(20),
  /** Time a filled wave is watched before it is judged. */
  soakSeconds: z
    .int()
    .min(0)
    .max(30 * 86_400),
  /** Time in which all hosts of a wave must be heard from. */
  waveSecondsMax: z
    .int()
    .positive()
    .max(30 * 86_400),
  /** Time in which a decision must be reached. */
  approvalSecondsMax: z
    .int()
    .positive()
    .max(30 * 86_400),
  /** Hosts may be failed, stalled or silent up to these budgets. */
  budgets: z.object({ failed: Budget, stalled: Budget, silent: Budget }),
  pollSeconds: z.number().positive().max(3_600),
  /** Left out: `replace`. */
  route: Route.optional(),
})
export type Plan = z.infer<typeof Plan>
