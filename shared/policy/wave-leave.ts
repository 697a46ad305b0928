import type { Verdict } from '../verdict/index.ts'
import { type Answer, authorize } from './decision.ts'
import type { PolicySet } from './load-policies.ts'
import { nextStart } from './next-start.ts'
import { type Releasable, releaseQuestion, type Situation } from './release.ts'
import { windowsOf } from './settings.ts'

/** `opensAt` (epoch milliseconds): when a wave may open that nothing but the time of day holds back. */
export type WaveLeave = Answer | { readonly allowed: 'later'; readonly opensAt: number }

/**
 * May the next wave open: now, when the fleet's next maintenance window begins, or not, which halts the change. A window is no reason
 * to halt, because everybody knows when it comes.
 */
export const waveLeave = (policySet: PolicySet, change: Releasable, verdict: Verdict, situation: Situation): WaveLeave => {
  const request = releaseQuestion('openWave', policySet, change, verdict, situation)
  const answer = authorize(policySet, request)
  if (answer.allowed || request.action !== 'openWave' || !request.context.outsideWindows) return answer
  const inside = authorize(policySet, { ...request, context: { ...request.context, outsideWindows: false } })
  const opensAt = inside.allowed ? nextStart(windowsOf(policySet.settings, change.fleet), situation.now) : null
  return opensAt === null ? answer : { allowed: 'later', opensAt }
}
