import { block, cohortRule, note, nothing } from '../rule.ts'
import { listed } from '../wording.ts'

export const transitionInProgress = cohortRule({
  id: 'transition-in-progress',
  law: 'Only one livepatch is in transition at a time; another load is refused.',
  source: 'kernel/livepatch/core.c: __klp_enable_patch answers EBUSY while klp_transition_patch is set',
  judge: ({ livepatch, stack, situation }) => {
    const moving = stack.livepatches.filter(({ transition }) => transition).map(({ name }) => name)
    if (moving.length === 0) return nothing
    if (situation === 'underway') {
      return note({
        message: `${livepatch.name} is in transition on these hosts already.`,
        evidence: { transition: moving },
        remedy: 'Wait for the transition to complete.',
      })
    }
    return block({
      message: `${listed(moving)} is in transition on these hosts, so the load would fail with EBUSY.`,
      evidence: { transition: moving },
      remedy: `Wait until the transition of ${listed(moving)} has completed or reverse it, then ask for the verdict again.`,
    })
  },
})
