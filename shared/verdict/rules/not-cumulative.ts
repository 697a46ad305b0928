import { cohortRule, nothing, review } from '../rule.ts'
import { listed } from '../wording.ts'

export const notCumulative = cohortRule({
  id: 'not-cumulative',
  law: 'A livepatch that is not cumulative replaces nothing: every livepatch below it stays.',
  source: 'include/linux/livepatch.h: klp_patch.replace; Documentation/livepatch/cumulative-patches.rst',
  judge: ({ livepatch, running, situation, route }) => {
    if (livepatch.replace || situation !== 'load') return nothing
    const below = route === 'replace' ? running.map(({ manifest }) => manifest.name) : []
    const stays = below.length === 0 ? 'Nothing runs below it on these hosts.' : `${listed(below)} would stay underneath.`
    return review({
      message: `${livepatch.name} is not cumulative. ${stays}`,
      evidence: { livepatch: livepatch.name, underneath: below },
      remedy: `Build ${livepatch.name} with .replace = true and everything that shall keep running in it, or accept a stack of livepatches.`,
    })
  },
})
