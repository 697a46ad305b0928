import * as z from 'zod'
import { digestOf } from '../canonical/index.ts'

/** A task that the transition waits for: it has not moved to the transition's side. */
const WaitingTask = z.object({
  /** Thread id; null on a simulated kernel. */
  pid: z.int().positive().nullable(),
  /** /proc/<pid>/comm */
  name: z.string().max(64),
  kthread: z.boolean(),
  /** How it is: `S` sleeps and can be interrupted, `D` and `I` cannot, `R` runs (proc(5), stat field 3). Null: not known. */
  state: z.string().max(1).nullable(),
  /**
   * Functions on its stack that livepatches of this machine patch or have put there, as `object:function`, innermost first.
   * Empty: the stack is not readable, or shows none of them.
   */
  functions: z.array(z.string().max(160)).max(8).readonly(),
  /** /proc/<pid>/stack, innermost first, as `function+0x1a/0x60 [module]`; at most ten frames. */
  stack: z.array(z.string().max(160)).max(10).readonly(),
})
export type WaitingTask = z.infer<typeof WaitingTask>

/** What keeps a transition from ending, as the host saw it at one moment. At most about 20 KB. */
export const TransitionEvidence = z.object({
  livepatch: z.string().max(55),
  direction: z.enum(['patching', 'unpatching']),
  /** The host's own clock, epoch milliseconds: since when its agent has seen the transition open, and when it looked at the tasks. */
  since: z.int(),
  at: z.int(),
  /** Tasks that it waits for; null: /proc/<pid>/patch_state is not readable. */
  waiting: z.int().min(0).nullable(),
  /** The first of them by thread id, at most sixteen. */
  tasks: z.array(WaitingTask).max(16).readonly(),
  /** What is not as it must be although no task is waited for: `object` that is not patched, `object:function` that ftrace does not divert. */
  unproven: z.array(z.string().max(160)).max(16).readonly(),
  /** The newest lines of the kernel log that speak of livepatching, oldest first. */
  log: z.array(z.string().max(200)).max(8).readonly(),
})
export type TransitionEvidence = z.infer<typeof TransitionEvidence>

/**
 * What a person has seen who decides on a stalled transition: which one it is, and whom it waits for, where. A later look at the same
 * tasks in the same functions is the same evidence, whatever its time and however their frames moved.
 */
export const evidenceDigest = ({ livepatch, direction, since, waiting, tasks, unproven }: TransitionEvidence): string =>
  digestOf({
    ...{ livepatch, direction, since, waiting, unproven },
    tasks: tasks.map(({ pid, name, kthread, functions }) => ({ pid, name, kthread, functions })),
  })
