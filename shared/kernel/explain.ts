import { readsPastEnd } from './klp/function-stack.ts'
import { blockingFrames } from './klp/tasks.ts'
import { pinnedBy, SIGNALS_TIMEOUT } from './klp/transition.ts'
import { type Frame, findPatch, type Machine, ORIGINAL, objectName, type Patch, type Task, targetOf } from './machine.ts'

/** One reason for which a transition does not end. */
export type Blocker = {
  /** The task; null: every task that sleeps in the kernel. */
  readonly task: string | null
  readonly kthread: boolean
  readonly reason: 'sleeps-in-function' | 'stack-unreliable' | 'not-reported' | 'check-reads-past-end'
  /** The functions on its stack that must not be there: which object, which function, whose code. */
  readonly frames: readonly { readonly object: string; readonly function: string; readonly by: string }[]
  /** In words. */
  readonly because: string
  /** What would let it go on, in words. */
  readonly until: readonly string[]
}

export type Explanation = {
  readonly livepatch: string
  readonly direction: 'patching' | 'unpatching'
  /** Failing tries since the start or the last reversal. */
  readonly tries: number
  /** Milliseconds of the machine's clock; null: no retry is due. */
  readonly retryAtMs: number | null
  readonly blockers: readonly Blocker[]
  /** Livepatch modules that could never be unloaded any more after `force`. */
  readonly forcePins: readonly string[]
}

const functionOf = (key: string): string => key.replace(/,1$/, '')

const describe = ({ object, key, by }: Frame) => ({ object: objectName(object), function: functionOf(key), by })

const codeOf = ({ object, function: name, by }: ReturnType<typeof describe>): string =>
  by === ORIGINAL ? `the original ${name} of ${object}` : `${by}'s replacement of ${name} of ${object}`

/** Tries from now until sleepers are interrupted; there is about one a second. */
const triesUntilSignals = (tries: number): number =>
  (tries === 0 ? SIGNALS_TIMEOUT : (SIGNALS_TIMEOUT - (tries % SIGNALS_TIMEOUT)) % SIGNALS_TIMEOUT) + 1

const waysOut = (task: Task, tries: number): readonly string[] => {
  const leaving = `${task.id} comes back from that function`
  if (task.sleep === 'interruptible' && !task.kthread)
    return [leaving, `the kernel interrupts its sleep, about ${triesUntilSignals(tries)} s from now`]
  return [leaving]
}

const sleeping = (task: Task, frames: readonly Frame[], { direction, tries }: { direction: string; tries: number }): Blocker => {
  const described = frames.map(describe)
  const aim = direction === 'patching' ? 'is about to be replaced' : 'is about to go'
  return {
    task: task.id,
    kthread: task.kthread,
    reason: 'sleeps-in-function',
    frames: described,
    because: `${task.kthread ? 'kernel thread' : 'task'} ${task.id} sleeps in ${described.map(codeOf).join(' and ')}, which ${aim}`,
    until: waysOut(task, tries),
  }
}

const NOT_REPORTED: Omit<Blocker, 'task'> = {
  kthread: false,
  reason: 'not-reported',
  frames: [],
  because: 'the machine was rebuilt from a report, which does not say whom the transition waits for',
  until: ['look at /proc/*/patch_state and /proc/*/stack on the host'],
}

const UNRELIABLE: Omit<Blocker, 'task'> = {
  kthread: false,
  reason: 'stack-unreliable',
  frames: [],
  because: 'it sleeps in the code of a livepatch that was unloaded after a forced transition',
  until: ['only force ends the transition; the task itself is lost'],
}

const pastEnd = (patch: Patch): Blocker => ({
  task: null,
  kthread: true,
  reason: 'check-reads-past-end',
  frames: [],
  because: `disabling ${patch.name} was reversed while a newer livepatch patches the same function, and the kernel's check then takes every stack for one in the way`,
  until: [`${patch.name} is disabled again, or the transition is forced`],
})

const blockersOf = (machine: Machine, patch: Patch): readonly Blocker[] => {
  const { transition } = machine
  if (transition === null) return []
  if (readsPastEnd(machine, patch)) return [pastEnd(patch)]
  const target = targetOf(machine)
  return machine.tasks.flatMap(task => {
    if (task.end !== null || task.patchState === target) return []
    const frames = blockingFrames(machine, task)
    if (typeof frames === 'string') return [{ ...(frames === 'unknown' ? NOT_REPORTED : UNRELIABLE), task: task.id }]
    return frames.length === 0 ? [] : [sleeping(task, frames, transition)]
  })
}

/**
 * What keeps the open transition from ending, and what would let it go on; null: no transition is open. Without blockers the next
 * retry ends it.
 */
export const explain = (machine: Machine): Explanation | null => {
  const { transition } = machine
  const patch = transition === null ? undefined : findPatch(machine, transition.patch)
  if (transition === null || patch === undefined) return null
  const isPinned = pinnedBy(machine, transition)
  return {
    livepatch: patch.name,
    direction: transition.direction,
    tries: transition.tries,
    retryAtMs: machine.retryAtMs,
    blockers: blockersOf(machine, patch),
    forcePins: machine.patches.filter(isPinned).map(({ name }) => name),
  }
}
