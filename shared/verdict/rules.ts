import type { Rule } from './rule.ts'
import { callbacksSkipped } from './rules/callbacks-skipped.ts'
import { downgrade } from './rules/downgrade.ts'
import { fixesLost } from './rules/fixes-lost.ts'
import { functionsReverted } from './rules/functions-reverted.ts'
import { incompatibleStates } from './rules/incompatible-states.ts'
import { kernelRefuses } from './rules/kernel-refuses.ts'
import { kernelReleaseMismatch } from './rules/kernel-release-mismatch.ts'
import { missingCallback } from './rules/missing-callback.ts'
import { nameResident } from './rules/name-resident.ts'
import { noWayBack } from './rules/no-way-back.ts'
import { notCumulative } from './rules/not-cumulative.ts'
import { transitionInProgress } from './rules/transition-in-progress.ts'
import { unknownStack } from './rules/unknown-stack.ts'
import { wayBackNotAtomic } from './rules/way-back-not-atomic.ts'

/** Every rule, in the order in which findings are listed: what the kernel refuses first, then what nobody would have refused. */
export const RULES: readonly Rule[] = [
  kernelReleaseMismatch,
  unknownStack,
  nameResident,
  transitionInProgress,
  incompatibleStates,
  kernelRefuses,
  missingCallback,
  callbacksSkipped,
  downgrade,
  functionsReverted,
  fixesLost,
  noWayBack,
  wayBackNotAtomic,
  notCumulative,
]
