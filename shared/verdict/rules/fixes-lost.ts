import { cohortRule, nothing, review } from '../rule.ts'
import { listed, sample } from '../wording.ts'

export const fixesLost = cohortRule({
  id: 'fixes-lost',
  law: 'A fix that the replaced livepatches claim and the new one does not is lost: the hosts are exposed again.',
  source: 'fixes are the authors’ claims (supersede_fixes in modinfo, or the submission)',
  judge: ({ livepatch, fixes: { lost } }) =>
    lost.length === 0
      ? nothing
      : review({
          message: `${listed(lost)} would be lost: ${livepatch.name} does not claim to fix ${lost.length === 1 ? 'it' : 'them'}.`,
          evidence: { livepatch: livepatch.name, lost: sample(lost) },
          remedy: `Carry ${lost.length === 1 ? 'this fix' : 'these fixes'} in ${livepatch.name} too, or state that it fixes them if it does.`,
        }),
})
