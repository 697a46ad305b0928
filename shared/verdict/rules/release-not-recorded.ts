import { ruleSetFor } from '../../kernel/index.ts'
import { cohortRule, note, nothing } from '../rule.ts'

export const releaseNotRecorded = cohortRule({
  id: 'release-not-recorded',
  law: 'The rules of a kernel release that nobody recorded are read from source only.',
  source: 'shared/kernel/rule-set.ts',
  judge: ({ stack }) => {
    const { rules, recorded } = ruleSetFor(stack.kernelRelease)
    if (recorded) return nothing
    return note({
      message: `Nobody has recorded a kernel ${rules.name} yet; its behaviour is taken from its source.`,
      evidence: { kernelRelease: stack.kernelRelease, rules: rules.name },
      remedy: 'Watch the first wave more closely, or record this release and add it to the rule sets.',
    })
  },
})
