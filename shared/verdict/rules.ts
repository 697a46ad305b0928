import type { Rule } from './rule.ts'
import { adoptsNothing } from './rules/adopts-nothing.ts'
import { blindsTracing } from './rules/blinds-tracing.ts'
import { brokenSignature } from './rules/broken-signature.ts'
import { callbacksSkipped } from './rules/callbacks-skipped.ts'
import { disableThenLoad } from './rules/disable-then-load.ts'
import { downgrade } from './rules/downgrade.ts'
import { fixesLost } from './rules/fixes-lost.ts'
import { functionsReverted } from './rules/functions-reverted.ts'
import { incompatibleStates } from './rules/incompatible-states.ts'
import { initExitEffects } from './rules/init-exit-effects.ts'
import { kernelRefuses } from './rules/kernel-refuses.ts'
import { kernelReleaseMismatch } from './rules/kernel-release-mismatch.ts'
import { missingCallback } from './rules/missing-callback.ts'
import { modulePinned } from './rules/module-pinned.ts'
import { nameResident } from './rules/name-resident.ts'
import { noWayBack } from './rules/no-way-back.ts'
import { notALivepatch } from './rules/not-a-livepatch.ts'
import { notCumulative } from './rules/not-cumulative.ts'
import { orphanedShadow } from './rules/orphaned-shadow.ts'
import { refusesLaterModule } from './rules/refuses-later-module.ts'
import { releaseNotRecorded } from './rules/release-not-recorded.ts'
import { routeNotProved } from './rules/route-not-proved.ts'
import { stallLikely } from './rules/stall-likely.ts'
import { statedNotRead } from './rules/stated-not-read.ts'
import { symbolAmbiguous } from './rules/symbol-ambiguous.ts'
import { symbolMissing } from './rules/symbol-missing.ts'
import { tracingConflict } from './rules/tracing-conflict.ts'
import { transitionInProgress } from './rules/transition-in-progress.ts'
import { unknownStack } from './rules/unknown-stack.ts'
import { unpairedCallback } from './rules/unpaired-callback.ts'
import { unsigned } from './rules/unsigned.ts'
import { untrustedSignature } from './rules/untrusted-signature.ts'
import { wayBackNotAtomic } from './rules/way-back-not-atomic.ts'

/** Every rule, in the order in which findings are listed: what the kernel refuses first, then what nobody would have refused. */
export const RULES: readonly Rule[] = [
  kernelReleaseMismatch,
  notALivepatch,
  unknownStack,
  nameResident,
  transitionInProgress,
  modulePinned,
  symbolMissing,
  symbolAmbiguous,
  tracingConflict,
  incompatibleStates,
  kernelRefuses,
  missingCallback,
  routeNotProved,
  callbacksSkipped,
  unpairedCallback,
  adoptsNothing,
  refusesLaterModule,
  orphanedShadow,
  initExitEffects,
  downgrade,
  functionsReverted,
  fixesLost,
  disableThenLoad,
  noWayBack,
  wayBackNotAtomic,
  notCumulative,
  brokenSignature,
  untrustedSignature,
  unsigned,
  stallLikely,
  blindsTracing,
  statedNotRead,
  releaseNotRecorded,
]
