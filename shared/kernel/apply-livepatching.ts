import { type Answer, answerOf } from './errno.ts'
import type { KernelEvent } from './event.ts'
import type { ModuleImage } from './image.ts'
import { writeAttribute } from './klp/sysfs.ts'
import { type CallbackRun, type Draft, draftOf, type Machine, seal } from './machine.ts'
import { loadModule, unloadModule } from './modules.ts'

/** The operations by which livepatches come and go. Whoever needs no others (a verdict) does not carry the others. */
export type LivepatchOperation =
  | { readonly op: 'load'; readonly module: ModuleImage }
  | { readonly op: 'unload'; readonly name: string }
  /** A write to /sys/kernel/livepatch/<patch>/enabled or …/force; the value is the word that is written. */
  | { readonly op: 'enabled' | 'force'; readonly patch: string; readonly value: string | number }

/** What an operation came to, besides what only some operations bring. */
export type Applied = {
  readonly machine: Machine
  readonly result: Answer
  /** Lines of the kernel log, in order, debug lines of livepatching included. */
  readonly log: readonly string[]
  /** Callbacks of livepatches that ran, in order. */
  readonly callbacks: readonly CallbackRun[]
  /** Log lines, callbacks, inits and exits in the order in which they came. */
  readonly events: readonly KernelEvent[]
}

export const performLivepatching = (draft: Draft, operation: LivepatchOperation): number => {
  switch (operation.op) {
    case 'load':
      return loadModule(draft, operation.module)
    case 'unload':
      return unloadModule(draft, operation.name)
    default:
      return writeAttribute(draft, operation.op, operation.patch, `${operation.value}`)
  }
}

export const seenIn = (events: readonly KernelEvent[]): Pick<Applied, 'log' | 'callbacks'> => {
  const log: string[] = []
  const callbacks: CallbackRun[] = []
  for (const event of events) {
    if (event.kind === 'message') log.push(event.text)
    else if (event.kind === 'callback') callbacks.push({ livepatch: event.livepatch, object: event.object, callback: event.callback })
  }
  return { log, callbacks }
}

/** `apply` of such an operation. */
export const applyLivepatching = (machine: Machine, operation: LivepatchOperation): Applied => {
  const draft = draftOf(machine)
  const result = answerOf(performLivepatching(draft, operation))
  return { machine: seal(draft), result, ...seenIn(draft.events), events: draft.events }
}
