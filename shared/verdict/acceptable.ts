import { CALLBACK_KINDS } from '../livepatch/index.ts'
import { FINDING_CODES } from './finding-codes.ts'
import type { Finding, Verdict } from './verdict.ts'

const KERNEL = 'the kernel itself refuses that'
const FILE = 'the file is not what was signed'
const WAY = 'nobody has shown that hosts get there'
const UNKNOWN = 'nobody knows what a load would do there'

/**
 * Every finding that blocks, and why no emergency accepts it; null where one may, because it is our judgement and nobody else's: what it
 * says is named piece by piece, and stays open. The one table of this.
 */
export const NEVER_ACCEPTED: Readonly<Record<string, string | null>> = {
  'broken-signature': FILE,
  'incompatible-states': KERNEL,
  'kernel-refuses': KERNEL,
  'kernel-release-mismatch': KERNEL,
  'missing-callback': null,
  'name-resident': KERNEL,
  'route-not-proved': WAY,
  'symbol-ambiguous': KERNEL,
  'symbol-missing': KERNEL,
  'tracing-conflict': KERNEL,
  'transition-in-progress': KERNEL,
  'unknown-stack': UNKNOWN,
}

const FORM = 'missing-callback:<livepatch>:<object, or vmlinux>:<callback>, as missing-callback:lp_2:vmlinux:post_unpatch'
const RAISED = 'it blocks only where settings.json says so, and an edit of the settings takes that back'
const LEFTOVER = new RegExp(`^missing-callback:[\\w.-]{1,64}:[\\w.-]{1,64}:(${CALLBACK_KINDS.join('|')})$`)

/** Why something that an emergency wants to accept cannot be named; null where it can. */
export const whyNotAcceptable = (named: string): string | null => {
  const [code = ''] = named.split(':')
  const never = Object.hasOwn(NEVER_ACCEPTED, code) ? NEVER_ACCEPTED[code] : undefined
  if (typeof never === 'string') return `no emergency accepts ${code}: ${never}`
  if (never === null) return LEFTOVER.test(named) ? null : `name one leftover: ${FORM}`
  if (FINDING_CODES.some(known => known === code)) return `no emergency accepts ${code}: ${RAISED}`
  return `there is no finding ${JSON.stringify(code)}; name one leftover: ${FORM}`
}

/** How an emergency names an obligation that nobody meets. */
export const leftoverOf = ({ text }: { readonly text: string }): string => `missing-callback:${text}`

/** What of a finding was accepted by name; empty for all others. */
export const acceptedOf = ({ evidence }: Pick<Finding, 'evidence'>): readonly string[] => {
  const accepted = evidence['accepted']
  return Array.isArray(accepted) ? accepted.map(String) : []
}

/** What a verdict does not block because an emergency accepts it. Sorted. */
export const acceptedIn = ({ findings }: Pick<Verdict, 'findings'>): readonly string[] => [...new Set(findings.flatMap(acceptedOf))].sort()
