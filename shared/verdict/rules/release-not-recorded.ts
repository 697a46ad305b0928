import { cohortRule, note, nothing } from '../rule.ts'

export const releaseNotRecorded = cohortRule({
  id: 'release-not-recorded',
  law: 'The rules of a kernel release that nobody recorded are read from source only.',
  source: 'shared/kernel/rule-set.ts',
  judge: ({ stack, rules }) =>
    !rules || rules.recorded
      ? nothing
      : note({
          message: `Nobody has recorded a kernel ${rules.rules} yet; its behaviour is taken from its source.`,
          evidence: { kernelRelease: stack.kernelRelease, rules: rules.rules },
          remedy: 'Watch the first wave more closely, or record this release and add it to the rule sets.',
        }),
})
