import type { CohortCase } from '../cohort-case.ts'
import { block, cohortRule, nothing } from '../rule.ts'
import { hookedNow, tracedBy, tracersOf } from '../traced.ts'
import { listed, sample } from '../wording.ts'

/** Functions that no livepatch hooks yet: only the first one on a function registers with ftrace, and who is disabled gives them back. */
const toRegister = ({ livepatch, stack, listed: others, route }: CohortCase): readonly string[] => {
  const already = new Set((route === 'replace' ? others : []).flatMap(other => [...hookedNow(other, stack)]))
  return [...hookedNow(livepatch, stack)].filter(name => !already.has(name))
}

export const tracingConflict = cohortRule({
  id: 'tracing-conflict',
  law: 'A function is hooked through ftrace, which must be switched on, and by one only that may redirect it.',
  source: 'kernel/livepatch/patch.c: klp_patch_func; kernel/trace/ftrace.c: register_ftrace_function, __ftrace_hash_update_ipmodify',
  judge: cohort => {
    const { livepatch, stack, situation } = cohort
    if (situation !== 'load' || stack.tracing === undefined) return nothing
    const names = toRegister(cohort)
    const taken = tracersOf(livepatch, stack).filter(tracer => tracer.exclusive && names.includes(tracedBy(tracer)))
    const isOff = !stack.tracing.ftraceEnabled && names.length > 0
    if (!isOff && taken.length === 0) return nothing
    const why = isOff ? 'ftrace is switched off' : `something else may redirect ${listed(taken.map(tracedBy))}`
    return block({
      message: `${livepatch.name} cannot hook its functions on these hosts because ${why}; the load would fail with EBUSY.`,
      evidence: { livepatch: livepatch.name, ftraceEnabled: stack.tracing.ftraceEnabled, functions: sample(names), tracers: taken },
      remedy: isOff ? 'Set sysctl kernel.ftrace_enabled to 1 on these hosts.' : 'Remove these probes, or load the livepatch before them.',
    })
  },
})
