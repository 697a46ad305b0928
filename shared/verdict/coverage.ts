import { acceptedOf } from './acceptable.ts'
import { disableThenLoad } from './rules/disable-then-load.ts'
import type { CohortVerdict, Finding, Severity, Verdict } from './verdict.ts'
import { counted, listed } from './wording.ts'

/**
 * Stack digests whose hosts may load: the simulated kernel takes the livepatch there, and nothing blocks it. A host that was forced
 * takes part in no change until it has rebooted, so its stack is left out too.
 */
export const admittedStacks = (verdict: Verdict): readonly string[] => {
  const blocked = new Set(verdict.findings.filter(({ severity }) => severity === 'block').map(({ cohort }) => cohort))
  if (blocked.has(null)) return []
  return verdict.cohorts
    .filter(({ cohort, result, stack }) => result === 'OK' && !stack.forced && !blocked.has(cohort))
    .map(({ cohort }) => cohort)
}

/**
 * Whether a verdict that was worked out again, on stacks that nobody knew of, says something worse than the one that people approved.
 *
 * They approved findings about cohorts. A new cohort is no worse if some approved cohort is at least as bad in every respect at once:
 * each of its findings to review stands there too, as severely; whatever it loses (functions that go back to original code, fixes,
 * callbacks that are skipped; by the route disable-then-load also meanwhile) is lost there too; it goes back in its series only if that one does; and it runs no livepatch, and is
 * watched by no tracer, that the other isn't, because findings are about these. A cohort that loses nothing and has nothing to review
 * needs no example. Doubt says worse: the change then halts, and people look at it.
 */
type Seen = { readonly cohort: CohortVerdict; readonly findings: readonly Finding[] }

const RANK: Readonly<Record<Severity, number>> = { note: 0, review: 1, block: 2 }

const matters = ({ severity }: Finding): boolean => severity !== 'note'

const isKnown = (finding: Finding, approved: readonly Finding[]): boolean =>
  approved.some(
    other =>
      other.code === finding.code &&
      RANK[other.severity] >= RANK[finding.severity] &&
      missingIn(acceptedOf(finding), acceptedOf(other)).length === 0,
  )

const said = ({ severity, code, message }: Finding): string => `${severity} ${code}: ${message}`

const namesOn = ({ stack }: CohortVerdict): readonly string[] => [...stack.livepatches, ...stack.resident].map(({ name }) => name)
const tracersOn = ({ stack }: CohortVerdict): readonly string[] => (stack.tracing?.tracers ?? []).map(tracer => JSON.stringify(tracer))

const missingIn = (some: readonly string[], others: readonly string[] = []): readonly string[] => {
  const known = new Set(others)
  return some.filter(name => !known.has(name))
}

/** What a cohort loses that the other does not, in words. */
const losses = (cohort: CohortVerdict, other: CohortVerdict | undefined): readonly string[] => {
  const reverted = missingIn(cohort.functions.reverted, other?.functions.reverted)
  const lost = missingIn(cohort.fixes.lost, other?.fixes.lost)
  const skipped = missingIn(cohort.callbacks.skipped, other?.callbacks.skipped)
  return [
    ...(cohort.result === 'OK' || cohort.result === other?.result
      ? []
      : [cohort.result === null ? 'what the load would do is not known' : `the load would fail with ${cohort.result}`]),
    ...(reverted.length === 0 ? [] : [`${counted(reverted.length, 'function')} would go back to original code (${listed(reverted)})`]),
    ...(lost.length === 0 ? [] : [`${listed(lost)} would be lost`]),
    ...(skipped.length === 0 ? [] : [`${listed(skipped)} would be skipped`]),
    ...(cohort.downgrade && other?.downgrade !== true ? ['it would be a downgrade'] : []),
  ]
}

/** What is absent in between by the route disable-then-load that is not on the approved one, or absent for longer. */
const absences = ({ cohort, findings }: Seen, approved: Seen): readonly string[] => {
  const [meanwhile, known] = [cohort.byDisabling?.meanwhile, approved.cohort.byDisabling?.meanwhile]
  if (!meanwhile || !findings.some(({ code }) => code === disableThenLoad.id)) return []
  const absent = missingIn(meanwhile.exposes, known?.exposes)
  return [
    ...(absent.length === 0 ? [] : [`${listed(absent)} would not be fixed in between`]),
    ...(meanwhile.secondsMin <= (known?.secondsMin ?? 0) ? [] : [`it would be in between for at least ${meanwhile.secondsMin} s`]),
  ]
}

/** Why an approved cohort does not stand for a new one; empty where it does. `undefined`: there is none to compare with. */
const objections = ({ cohort, findings }: Seen, approved: Seen | undefined): readonly string[] => {
  const open = findings.filter(matters)
  const unknown = open.filter(finding => !isKnown(finding, approved?.findings ?? []))
  const absent = approved === undefined ? [] : absences({ cohort, findings }, approved)
  const found = [...unknown.map(said), ...losses(cohort, approved?.cohort), ...absent]
  if (open.length === 0 || approved === undefined || found.length > 0) return found
  const others = missingIn(namesOn(cohort), namesOn(approved.cohort))
  const traced = missingIn(tracersOn(cohort), tracersOn(approved.cohort))
  return [
    ...(others.length === 0
      ? []
      : [`${listed(open.map(({ code }) => code))} with ${listed(others)}, which no approved stack with these findings has`]),
    ...(traced.length === 0 ? [] : ['other functions are traced there than where that was approved']),
  ]
}

/** What people know the cohort by: "2 hosts with lp_1 + lp_hotfix (stack 1a2b3c4d5e6f)". */
const named = ({ hosts, stack, cohort }: CohortVerdict): string =>
  `${counted(hosts, 'host')} with ${stack.livepatches.map(({ name }) => name).join(' + ') || 'no livepatch'} (stack ${cohort.slice(0, 12)})`

const seenIn = ({ cohorts, findings }: Verdict): readonly Seen[] => {
  const about = Map.groupBy(findings, ({ cohort }) => cohort)
  return cohorts.map(cohort => ({ cohort, findings: about.get(cohort.cohort) ?? [] }))
}

/** The fewest objections that any approved cohort leaves. */
const leastWorse = (seen: Seen, approved: readonly Seen[]): readonly string[] => {
  let least = objections(seen, undefined)
  for (const candidate of approved) {
    if (least.length === 0) break
    const found = objections(seen, candidate)
    if (found.length <= least.length) least = found
  }
  return least
}

/** In what a verdict worked out again is worse than the approved one, a sentence for each cohort and finding; empty where in nothing. */
export const worseThan = (again: Verdict, approved: Verdict): readonly string[] => {
  const everywhere = (verdict: Verdict): readonly Finding[] => verdict.findings.filter(({ cohort }) => cohort === null)
  const known = everywhere(approved)
  const cohorts = seenIn(approved)
  return [
    ...everywhere(again)
      .filter(finding => matters(finding) && !isKnown(finding, known))
      .map(said),
    ...seenIn(again).flatMap(seen => leastWorse(seen, cohorts).map(why => `${named(seen.cohort)}: ${why}`)),
  ]
}
