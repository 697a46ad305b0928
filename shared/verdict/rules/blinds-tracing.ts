import type { Stack } from '../../kernel/index.ts'
import type { Manifest } from '../../livepatch/index.ts'
import { cohortRule, type Judgement, note, nothing, review } from '../rule.ts'
import { hookedNow, tracedBy, tracersOf } from '../traced.ts'
import { listed } from '../wording.ts'

/** A host whose tracing files cannot be read says so; one that says nothing of tracing at all was not asked. */
const untold = (livepatch: Manifest, stack: Stack): readonly Judgement[] =>
  hookedNow(livepatch, stack).size === 0
    ? nothing
    : note({
        message: `These hosts cannot tell which functions are traced, so whether ${livepatch.name} blinds a probe, or cannot load beside one, is not known.`,
        evidence: { livepatch: livepatch.name, tracers: null },
        remedy: 'Let the agent read tracefs and debugfs on these hosts, or ask those who trace there.',
      })

export const blindsTracing = cohortRule({
  id: 'blinds-tracing',
  law: 'Probes in the original code of a function are not reached any more once the function is patched.',
  source: 'Documentation/livepatch/livepatch.rst, "Limitations": kprobes in the original function are ignored',
  judge: ({ livepatch, stack, situation }) => {
    if (situation !== 'load') return nothing
    if (stack.tracing?.tracers === null) return untold(livepatch, stack)
    const blinded = tracersOf(livepatch, stack).filter(({ kind, exclusive }) => kind === 'kprobe' && !exclusive)
    if (blinded.length === 0) return nothing
    const names = listed([...new Set(blinded.map(tracedBy))])
    return review({
      message: `Somebody watches ${names} on these hosts by kprobes; once ${livepatch.name} redirects ${blinded.length === 1 ? 'it' : 'them'}, probes in the original code see nothing.`,
      evidence: { livepatch: livepatch.name, tracers: blinded },
      remedy: 'Tell those who look after these probes; they can be set in the code of the livepatch afterwards.',
    })
  },
})
