import { cohortRule, nothing, review } from '../rule.ts'
import { tracedBy, tracersOf } from '../traced.ts'
import { listed } from '../wording.ts'

export const blindsTracing = cohortRule({
  id: 'blinds-tracing',
  law: 'Probes in the original code of a function are not reached any more once the function is patched.',
  source: 'Documentation/livepatch/livepatch.rst, "Limitations": kprobes in the original function are ignored',
  judge: ({ livepatch, stack, situation }) => {
    if (situation !== 'load') return nothing
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
