import { stackDigest } from '../kernel/index.ts'
import type { Host, HostFact, Moved } from './host.ts'
import { isFresh } from './is-fresh.ts'
import type { Report } from './report.ts'

/** The last instant that a Date can carry; a host's clock may say anything. */
const INSTANT_MAX = 8.64e15

const instant = (milliseconds: number): string => new Date(Math.min(Math.max(milliseconds, 0), INSTANT_MAX)).toISOString()

const factOf = (host: Host, report: Report, digest: string, now: number): HostFact => ({
  host: host.id,
  fleet: host.fleet,
  sequence: report.sequence,
  trueAt: instant(report.at),
  learnedAt: instant(now),
  state: report.state,
  change: report.change,
  stackDigest: digest,
  transition: report.transition ?? null,
  between: report.between ?? null,
  livepatches: report.stack.livepatches.map(({ name, digest }) => ({ name, digest })),
})

/**
 * What an authentic report changes. Null: nothing, because it is older than or equal to what is known (reports may arrive twice
 * and in any order; the newest sequence counts), or speaks of another host. A fact is kept only where state, stack or change
 * differ from before. `now` (epoch milliseconds) is when we learned it; the host's own clock decides nothing.
 */
export const foldReport = (host: Host, report: Report, now: number): Moved | null => {
  if (report.host !== host.id || report.fleet !== host.fleet) return null
  if (report.sequence <= host.sequence) return null
  const digest = stackDigest(report.stack)
  const moved: Host = {
    ...host,
    sequence: report.sequence,
    state: report.state,
    bootId: report.bootId,
    fresh: isFresh(host, report),
    stackDigest: digest,
    stack: report.stack,
    change: report.change,
    refusal: report.refusal,
    transition: report.transition ?? null,
    clearance: report.clearance ?? null,
    between: report.between ?? null,
    lastSeenAt: instant(now),
  }
  const isNews = host.stackDigest !== digest || host.state !== report.state || host.change !== report.change
  return { host: moved, fact: isNews ? factOf(host, report, digest, now) : null }
}
