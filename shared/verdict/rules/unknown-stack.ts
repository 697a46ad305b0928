import { block, cohortRule, nothing } from '../rule.ts'
import { listed } from '../wording.ts'

export const unknownStack = cohortRule({
  id: 'unknown-stack',
  law: 'What a load does to a livepatch that nobody described cannot be foretold.',
  source: 'Documentation/livepatch/callbacks.rst: the effect of a livepatch is in its callbacks, which sysfs does not show',
  judge: ({ unknown }) =>
    unknown.length === 0
      ? nothing
      : block({
          message: `These hosts run ${listed(unknown)}, which Supersede does not know, so the load cannot be simulated.`,
          evidence: { unknown },
          remedy: `Submit the module file of ${listed(unknown)}, then ask for the verdict again.`,
        }),
})
