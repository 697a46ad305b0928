import * as z from 'zod'
import { digestOf } from '../canonical/index.ts'

/**
 * One machine's livepatch stack, as a host reports it: what `/sys/kernel/livepatch`, `/proc/modules` and
 * `/proc/sys/kernel/random/boot_id` tell, plus the digests of the module files that the agent itself loaded.
 */
const StackEntry = z.object({
  /** Name in /sys/kernel/livepatch, which is the module's name. */
  name: z.string().min(1).max(55),
  /** SHA-256 of the file where the agent knows it; null for a livepatch that somebody else loaded. */
  digest: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
  /** sysfs `enabled`. */
  enabled: z.boolean(),
  /** sysfs `transition`. */
  transition: z.boolean(),
})
export type StackEntry = z.infer<typeof StackEntry>

/**
 * Who looks at a function of the kernel in a way that a livepatch meets: a kprobe in its body, or somebody who may redirect it
 * (/sys/kernel/debug/kprobes/list, /sys/kernel/tracing/enabled_functions). Livepatches do not count.
 */
const Tracer = z.object({
  /** Null: vmlinux. */
  object: z.string().min(1).max(55).nullable(),
  function: z.string().min(1).max(512),
  kind: z.enum(['kprobe', 'ftrace']),
  /** It may redirect the function (`I` in enabled_functions: FTRACE_OPS_FL_IPMODIFY), and of such there can be one only. */
  exclusive: z.boolean(),
})

export const Stack = z.object({
  /** `uname -r`. */
  kernelRelease: z.string().min(1).max(64),
  /** Oldest first, newest last: the kernel's `klp_patches` order (kernel/livepatch/core.c). */
  livepatches: z.array(StackEntry).max(64).readonly(),
  /** Livepatch modules still resident though not in sysfs (replaced or disabled, not yet removed), with their reference count. */
  resident: z
    .array(z.object({ name: z.string().min(1).max(55), digest: z.string().nullable(), refcnt: z.int().min(0) }))
    .max(256)
    .readonly(),
  /** Loaded modules that some livepatch of the catalog patches; sorted. */
  targets: z.array(z.string().max(55)).max(4096).readonly(),
  /** A transition was forced since boot: some module can never be unloaded until the machine reboots. */
  forced: z.boolean(),
  /** Left out by hosts that do not look; the digest of their stacks is that of stacks without it. */
  tracing: z
    .object({
      /** sysctl kernel.ftrace_enabled. */
      ftraceEnabled: z.boolean(),
      /** Sorted. Null: the host may not look, so nothing is known of them. */
      tracers: z.array(Tracer).max(256).readonly().nullable(),
    })
    .optional(),
})
export type Stack = z.infer<typeof Stack>

/** Names a stack: hosts with the same stack digest form a cohort. Canonical JSON, SHA-256. */
export const stackDigest = (stack: Stack): string => digestOf(stack)
