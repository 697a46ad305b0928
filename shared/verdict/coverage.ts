import type { Verdict } from './verdict.ts'

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

const SEVERITIES: readonly Verdict['outcome'][] = ['clear', 'note', 'review', 'block']

/** Whether a verdict worked out again says something worse than the one that was approved: a higher severity, or a finding that is new. */
export const isWorse = (again: Verdict, approved: Verdict): boolean => {
  if (SEVERITIES.indexOf(again.outcome) > SEVERITIES.indexOf(approved.outcome)) return true
  const known = new Set(approved.findings.map(({ code, severity }) => `${severity} ${code}`))
  return again.findings.some(({ code, severity }) => severity !== 'note' && !known.has(`${severity} ${code}`))
}
