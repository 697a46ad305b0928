import { cohortRule, note, nothing, review } from '../rule.ts'
import { listed } from '../wording.ts'

export const refusesLaterModule = cohortRule({
  id: 'refuses-later-module',
  law: 'A module that is patched but not loaded yet is refused when it comes if the livepatch cannot be applied to it.',
  source: 'kernel/livepatch/core.c: klp_module_coming; the error is returned to whoever loads the driver',
  judge: ({ livepatch, stack, situation }) => {
    if (situation !== 'load') return nothing
    const absent = livepatch.objects.filter(({ name }) => name !== null && !stack.targets.includes(name))
    const asking = absent.filter(({ callbacks }) => callbacks.pre_patch !== undefined).flatMap(({ name }) => name ?? [])
    const patched = absent.filter(({ functions }) => functions.length > 0).flatMap(({ name }) => name ?? [])
    if (asking.length > 0)
      return review({
        message: `${listed(asking)} ${asking.length === 1 ? 'is' : 'are'} not loaded on these hosts. When loaded later, pre_patch of ${livepatch.name} decides whether the driver may load at all.`,
        evidence: { livepatch: livepatch.name, modules: asking, because: 'pre_patch' },
        remedy:
          'Have the author confirm that pre_patch does not fail on hosts like these; test it by loading the driver after the livepatch.',
      })
    if (patched.length === 0) return nothing
    return note({
      message: `${listed(patched)} ${patched.length === 1 ? 'is' : 'are'} not loaded on these hosts. A function that the driver lacks would refuse it when it is loaded later.`,
      evidence: { livepatch: livepatch.name, modules: patched, because: 'functions' },
      remedy: 'Nothing, if the livepatch was tested with the driver of this kernel.',
    })
  },
})
