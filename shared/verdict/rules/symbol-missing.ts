import { linesAbout } from '../kernel-log.ts'
import { block, cohortRule, nothing } from '../rule.ts'

export const symbolMissing = cohortRule({
  id: 'symbol-missing',
  law: 'Every function that a livepatch names exists in its object.',
  source: 'kernel/livepatch/core.c: klp_find_object_symbol answers EINVAL',
  judge: ({ livepatch, replay }) => {
    const lines = linesAbout(replay, /^livepatch: symbol .* not found/)
    if (lines.length === 0) return nothing
    return block({
      message: `The kernel of these hosts lacks a function that ${livepatch.name} patches: ${lines.join('; ')}.`,
      evidence: { livepatch: livepatch.name, log: lines },
      remedy: 'Build the livepatch against exactly this kernel, and check the name and the sympos of the function.',
    })
  },
})
