import { functionKey, reach } from './klp/function-stack.ts'
import { type Machine, type PatchState, targetOf } from './machine.ts'

/**
 * Which code a call reaches: `orig`, a livepatch's name, or `ENOENT` where the module is not loaded. By default for a new call;
 * with a state, for a task in that state in the middle of a transition.
 * Source: kernel/livepatch/patch.c: klp_ftrace_handler.
 */
export const implementationOf = (
  machine: Machine,
  object: string | null,
  name: string,
  options: { readonly sympos?: string; readonly state?: PatchState } = {},
): string => {
  if (object !== null && !machine.modules.has(object)) return 'ENOENT'
  return reach(machine, object, functionKey(name, options.sympos ?? '0'), options.state ?? targetOf(machine)).by
}
