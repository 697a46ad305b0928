import { block, cohortRule, nothing, review } from '../rule.ts'
import { listed } from '../wording.ts'

export const unknownStack = cohortRule({
  id: 'unknown-stack',
  law: 'What a load does to a livepatch that nobody described cannot be foretold.',
  source: 'Documentation/livepatch/callbacks.rst: the effect of a livepatch is in its callbacks, which sysfs does not show',
  judge: ({ unknown, assumed }) => {
    if (unknown.length > 0)
      return block({
        message: `These hosts run ${listed(unknown)}, which Supersede does not know, so the load cannot be simulated.`,
        evidence: { unknown },
        remedy: `Submit the module file of ${listed(unknown)}, then ask for the verdict again.`,
      })
    if (assumed.length === 0) return nothing
    return review({
      message: `Somebody else loaded ${listed(assumed)} on these hosts; it is taken to be the livepatch of that name in the catalog.`,
      evidence: { assumed },
      remedy: `Compare the file on one of these hosts with the catalog's, and ask who looks after it.`,
    })
  },
})
