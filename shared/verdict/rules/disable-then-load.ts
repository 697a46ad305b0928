import { cohortRule, nothing, review } from '../rule.ts'
import { counted, listed, sample } from '../wording.ts'

export const disableThenLoad = cohortRule({
  id: 'disable-then-load',
  law: 'By the route disable-then-load hosts run no livepatch for a while; who approves knows which fixes are absent, where and for how long at least.',
  source: 'kernel/livepatch/core.c: __klp_disable_patch; how long: kernel/livepatch/transition.c: klp_try_complete_transition',
  judge: ({ livepatch, hosts, route, byDisabling }) => {
    if (route === 'replace' || byDisabling === null) return nothing
    const { disables, meanwhile } = byDisabling
    const { exposes, functions, secondsMin, because } = meanwhile
    const absent =
      exposes.length === 0
        ? 'no claimed fix is absent meanwhile'
        : `${listed(exposes)} ${exposes.length === 1 ? 'is' : 'are'} not fixed meanwhile`
    const duration = secondsMin === 0 ? 'for as long as the transitions take' : `for at least ${secondsMin} s`
    return review({
      message: `On ${counted(hosts, 'host')} ${listed(disables)} ${disables.length === 1 ? 'is' : 'are'} disabled before ${livepatch.name} is loaded: ${counted(functions, 'function')} run original code ${duration}, and ${absent}.`,
      evidence: { livepatch: livepatch.name, disables, hosts, exposes: sample(exposes), functions, secondsMin, because },
      remedy: 'Sign off disable-then-load knowing that, or build the bridge that missing-callback names when the route is replace.',
    })
  },
})
