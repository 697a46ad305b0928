import { linesAbout } from '../kernel-log.ts'
import { block, cohortRule, nothing } from '../rule.ts'

export const symbolAmbiguous = cohortRule({
  id: 'symbol-ambiguous',
  law: 'A function whose name occurs more than once in its object is named with its position.',
  source: 'kernel/livepatch/core.c: klp_find_object_symbol answers EINVAL for sympos 0',
  judge: ({ livepatch, replay }) => {
    const lines = linesAbout(replay, /^livepatch: unresolvable ambiguity for symbol/)
    if (lines.length === 0) return nothing
    return block({
      message: `The kernel of these hosts has several functions of a name that ${livepatch.name} patches: ${lines.join('; ')}.`,
      evidence: { livepatch: livepatch.name, log: lines },
      remedy: 'Set old_sympos to the position of the function that is meant, in the order of kallsyms.',
    })
  },
})
