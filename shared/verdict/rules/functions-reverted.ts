import { cohortRule, nothing, review } from '../rule.ts'
import { counted, listed, sample } from '../wording.ts'

export const functionsReverted = cohortRule({
  id: 'functions-reverted',
  law: 'A function that the replaced livepatches patch and the new one does not goes back to its original code.',
  source: 'kernel/livepatch/core.c: klp_add_nops',
  judge: ({ livepatch, functions: { reverted } }) =>
    reverted.length === 0
      ? nothing
      : review({
          message: `${counted(reverted.length, 'function')} would go back to original code because ${livepatch.name} does not patch ${reverted.length === 1 ? 'it' : 'them'}: ${listed(reverted)}.`,
          evidence: { livepatch: livepatch.name, reverted: sample(reverted) },
          remedy: `Patch these functions in ${livepatch.name} as well, or confirm that their original code is wanted.`,
        }),
})
