import { acceptedIn, type Verdict } from '../verdict/index.ts'
import { countDown } from './count-down.ts'
import { approvalsSince, countingApprovals } from './counting-approvals.ts'
import { authorize } from './decision.ts'
import { consentText, unconsentedOf } from './foreign-livepatches.ts'
import { freezesInForce, freezeText } from './freezes.ts'
import { holdText } from './hold.ts'
import type { PolicySet, PolicyText } from './load-policies.ts'
import { type Releasable, releaseContext, releaseQuestion, type Situation } from './release.ts'
import { windowsOf, windowText } from './settings.ts'

/** What stands against a release or a wave: a sentence for people, and the rule that says so (null: no rule permits it at all). */
export type Need = { readonly text: string; readonly policy: string | null }

const after = (mark: string, texts: readonly string[]): string => (texts.length === 0 ? '' : `${mark}${texts.join(', ')}`)

/** Rules about freezes, holds, windows, owners and requests for changes are told with them: which ones, until when, by whom, why. */
const detailsOf = (
  { settings, freezes }: PolicySet,
  change: Releasable,
  verdict: Verdict,
  { now, held }: Situation,
): Readonly<Record<string, string>> => {
  const counting = countingApprovals(change, approvalsSince(settings, change, now))
  const requests = (change.review?.changesRequested ?? []).map(({ by, reason }) => `by ${by.name}: ${reason}`)
  return {
    frozen: after(' ', freezesInForce(freezes, change.fleet, now).map(freezeText)),
    outsideWindows: after(': ', windowsOf(settings, change.fleet).map(windowText)),
    held: after(' ', held.map(holdText)),
    unconsented: after(': ', unconsentedOf(settings, verdict, counting).map(consentText)),
    unconfirmed: after(', because it leaves behind what nothing takes over: ', acceptedIn(verdict)),
    'approvals.changesRequested': after(' ', requests),
  }
}

/** What people can give before their time is over: approvals. */
const isGiven = ({ text }: PolicyText): boolean => /context\.(approvals\.(?!changesRequested)|unconsented)/.test(text)

/** "2026-12-01T18:00Z" */
export const minuteText = (at: number): string => `${new Date(at).toISOString().slice(0, 16)}Z`

/**
 * What a change still needs for its release (or its next wave) in a situation, in plain words; empty when nothing stands against it.
 * `before` (epoch milliseconds): until when approvals can be given, which is said with each that is missing.
 */
export const needsForRelease = (
  policySet: PolicySet,
  change: Releasable,
  verdict: Verdict,
  situation: Situation,
  { action = 'releaseChange', before }: { readonly action?: 'releaseChange' | 'openWave'; readonly before?: number | undefined } = {},
): readonly Need[] => {
  const answer = authorize(policySet, releaseQuestion(action, policySet, change, verdict, situation))
  if (answer.allowed) return []
  const rules = policySet.policies.filter(({ id }) => answer.policies.includes(id))
  if (rules.length === 0) return answer.reasons.map(text => ({ text, policy: null }))
  const details = Object.entries(detailsOf(policySet, change, verdict, situation))
  const { approvals } = releaseContext(policySet, change, verdict, situation)
  return rules.map(rule => {
    const told = details.map(([attribute, detail]) => (rule.text.includes(`context.${attribute}`) ? detail : ''))
    const deadline = before !== undefined && isGiven(rule) ? `, before ${minuteText(before)}` : ''
    return { text: `${rule.reason}${countDown(rule, approvals)}${told.join('')}${deadline}`, policy: rule.id }
  })
}

/** The same as sentences. */
export const missingForRelease = (...asked: Parameters<typeof needsForRelease>): readonly string[] =>
  needsForRelease(...asked).map(({ text }) => text)
