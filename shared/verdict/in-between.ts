import type { Manifest } from '../livepatch/index.ts'
import { LONG_SLEEPERS, sleepersIn } from './long-sleepers.ts'
import type { InBetween } from './verdict.ts'
import { listed } from './wording.ts'

/**
 * A transition is tried at once and then about once a second; the sixteenth failing try wakes the sleepers that can be woken
 * (kernel/livepatch/transition.c: klp_try_complete_transition, SIGNALS_TIMEOUT; recorded, docs/kernel-model.md). Until then whoever
 * sleeps in a function that changes holds the transition open. The first retry may come a little early, so a second is taken off.
 */
const WOKEN_AFTER_SECONDS_MIN = 14

const SOURCE = 'kernel/livepatch/transition.c: klp_try_complete_transition'

const fixesOf = (manifests: readonly Manifest[]): string[] => [...new Set(manifests.flatMap(({ fixes }) => fixes))].sort()

const functionsIn = (manifests: readonly Manifest[]): number =>
  manifests.reduce((sum, { objects }) => sum + objects.reduce((all, { functions }) => all + functions.length, 0), 0)

/** How long at least tasks run original code: the transitions in between, each as long as the kernel leaves sleepers alone. */
const durationOf = (disabled: readonly Manifest[], loaded: readonly Manifest[]): Pick<InBetween, 'secondsMin' | 'because'> => {
  const slow = [...disabled, ...loaded].filter(livepatch => sleepersIn(livepatch).length > 0)
  const sleepers = [...new Set(slow.flatMap(sleepersIn))]
  if (slow.length === 0)
    return {
      secondsMin: 0,
      because: `each transition may end at once, and every try that finds a task in a function that changes adds about a second; ${SOURCE}`,
    }
  const where = listed(sleepers.map(name => `${name} (${LONG_SLEEPERS.get(name)})`))
  return {
    secondsMin: slow.length * WOKEN_AFTER_SECONDS_MIN,
    because: `tasks sleep in ${where}, and the kernel wakes them at its sixteenth try, about one a second, in each of ${slow.length} ${slow.length === 1 ? 'transition' : 'transitions'}; ${SOURCE}`,
  }
}

/** What hosts are exposed to between the disabling of some livepatches and the load of others. */
export const inBetween = (disabled: readonly Manifest[], loaded: readonly Manifest[]): InBetween => ({
  exposes: fixesOf([...disabled, ...loaded]),
  functions: functionsIn(disabled),
  ...durationOf(disabled, loaded),
})
