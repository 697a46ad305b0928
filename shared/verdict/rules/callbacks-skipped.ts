import type { CohortCase } from '../cohort-case.ts'
import type { Met, Obligation } from '../obligations.ts'
import { cohortRule, type Judgement, note, nothing, review } from '../rule.ts'
import { listed } from '../wording.ts'

const metBy = (account: readonly Met[], ways: readonly Met['by'][]): readonly Obligation[] =>
  account.filter(({ by }) => ways.includes(by)).map(({ obligation }) => obligation)

const byCallbacks = ({ livepatch, account }: CohortCase): readonly Judgement[] => {
  const met = metBy(account, ['callbacks'])
  if (met.length === 0) return nothing
  const names = met.map(({ text }) => text)
  return review({
    message: `Replacing by ${livepatch.name} skips ${listed(names)}; ${livepatch.name} is newer and has callbacks on the same object, which nothing but its author’s care makes fit.`,
    evidence: { livepatch: livepatch.name, metBy: 'callbacks', obligations: met },
    remedy: `Have the author of ${livepatch.name} confirm that its callbacks take over, best in the module itself: adopts ${names.join(', ')}.`,
  })
}

const byStatement = ({ livepatch, account, route }: CohortCase): readonly Judgement[] => {
  const met = metBy(account, ['adopts', 'state'])
  if (met.length === 0) return nothing
  const names = listed(met.map(({ text }) => text))
  const happened = route === 'replace' ? `Replacing by ${livepatch.name} skips ${names}` : `${names} was skipped earlier`
  return note({
    message: `${happened}; ${livepatch.name} says that it takes them over.`,
    evidence: { livepatch: livepatch.name, met: account.filter(({ by }) => by === 'adopts' || by === 'state') },
    remedy: 'Nothing; the statement is part of what is approved.',
  })
}

export const callbacksSkipped = cohortRule({
  id: 'callbacks-skipped',
  law: 'The callbacks of a replaced livepatch are skipped without a word in the log; who approves knows which, and why that is thought to be safe.',
  source: 'kernel/livepatch/core.c: klp_unpatch_replaced_patches; Documentation/livepatch/cumulative-patches.rst, "Limitations"',
  judge: cohort => [...byCallbacks(cohort), ...byStatement(cohort)],
})
