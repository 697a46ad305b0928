import type { Stack } from '../shared/kernel/index.ts'
import type { Manifest } from '../shared/livepatch/index.ts'
import type { TransitionFacts } from './transition-tasks.ts'

/** What a host's kernel tells of its livepatches, read at one moment. */
export type Observation = {
  /** /proc/sys/kernel/random/boot_id */
  readonly bootId: string
  /** Digests are null where the kernel side does not know which file a module came from. */
  readonly stack: Stack
  /** sysfs `patched` by livepatch and object; null where this kernel has no such attribute (before 6.1). */
  readonly patched: Readonly<Record<string, Readonly<Record<string, boolean | null>>>>
  /** Functions (`object:function`) by livepatch that ftrace does not divert although their object is patched; absent where that cannot be read. */
  readonly unhooked?: Readonly<Record<string, readonly string[]>>
}

/** A module file on the host, checked against its digest, and what it says of itself; null where that cannot be read without running it. */
export type ModuleFile = {
  readonly name: string
  readonly manifest: Manifest | null
  readonly bytes: Uint8Array
  /** Where it lies; null where it is kept in memory only. */
  readonly path: string | null
}

/** `OK`, or the name of an errno; with what the tool or the kernel's log said. */
export type KernelAnswer = { readonly result: string; readonly detail: string }

/** The livepatch subsystem of the machine that the agent runs on. */
export type Kernel = {
  observe(): Promise<Observation>
  /** Whom the open transition waits for; null: none is open. Looks at every task of the machine, so it is asked only where one has stalled. */
  explain(): Promise<TransitionFacts | null>
  /** Manifests of livepatches that the kernel side knows without the agent having loaded them. */
  known(): Promise<readonly Manifest[]>
  /** insmod. Comes back when the module's init has returned, which may be before the transition is over. */
  load(module: ModuleFile): Promise<KernelAnswer>
  /** Writes 1 to /sys/kernel/livepatch/<name>/force (kernel/livepatch/core.c: force_store). */
  force(name: string): Promise<KernelAnswer>
  /** Writes 0 to /sys/kernel/livepatch/<name>/enabled, which begins the transition away from it (kernel/livepatch/core.c: enabled_store). */
  disable(name: string): Promise<KernelAnswer>
  /** rmmod, without force. */
  remove(name: string): Promise<KernelAnswer>
}
