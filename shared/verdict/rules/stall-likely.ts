import { LONG_SLEEPERS, sleepersIn } from '../long-sleepers.ts'
import { livepatchRule, nothing, review } from '../rule.ts'
import { listed } from '../wording.ts'

export const stallLikely = livepatchRule({
  id: 'stall-likely',
  law: 'A transition waits for every task that sleeps in a function that is patched.',
  source: 'kernel/livepatch/transition.c: klp_check_stack; which functions these are is data (long-sleepers.ts)',
  judge: livepatch => {
    const sleepers = sleepersIn(livepatch)
    if (sleepers.length === 0) return nothing
    return review({
      message: `${livepatch.name} patches ${listed(sleepers.map(name => `${name} (${LONG_SLEEPERS.get(name)})`))}, so transitions may take long or stall.`,
      evidence: { livepatch: livepatch.name, functions: sleepers },
      remedy: 'Patch a function that is called from there instead, give the waves more time, or plan for stalled hosts.',
    })
  },
})
