import { livepatchRule, nothing, review } from '../rule.ts'

export const notALivepatch = livepatchRule({
  id: 'not-a-livepatch',
  law: 'A livepatch patches something.',
  source: 'kernel/livepatch/core.c: klp_enable_patch takes a livepatch without objects and, if it is cumulative, puts everything back',
  judge: livepatch => {
    const empty = livepatch.objects.every(({ functions, callbacks }) => functions.length === 0 && Object.keys(callbacks).length === 0)
    if (!empty) return nothing
    return review({
      message: `${livepatch.name} patches no function and has no callback${livepatch.replace ? '; loading it puts every function back to its original code' : ''}.`,
      evidence: { livepatch: livepatch.name, objects: livepatch.objects.length },
      remedy: 'Check that the right file was submitted. To run no livepatch, disable the one that runs, so that its callbacks run.',
    })
  },
})
