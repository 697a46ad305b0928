import { digestOf } from '../canonical/index.ts'
import { ruleSetFor, type Symbols, stackDigest } from '../kernel/index.ts'
import { type Manifest, objectName } from '../livepatch/index.ts'
import { type Cohort, type CohortCase, cohortCase, type DistinctCohort, type Known, question } from './cohort-case.ts'
import { skippedCallbacks } from './routes.ts'
import { modulePinned } from './rules/module-pinned.ts'
import { RULES } from './rules.ts'
import type { CohortVerdict, Finding, Route, Verdict } from './verdict.ts'

export type Judge = {
  readonly livepatch: Manifest
  readonly cohorts: readonly Cohort[]
  readonly known: Known
  /** How hosts get there; left out: `replace`. */
  readonly route?: Route | undefined
  /** Functions of vmlinux by kernel release, where they are known; else every function that is named is taken to exist once. */
  readonly symbols?: ReadonlyMap<string, Symbols> | undefined
  /** Findings that a fleet's owners block instead of reviewing or noting them: the reason by code. It makes nothing less severe. */
  readonly stricter?: ReadonlyMap<string, string> | undefined
  /** Leftovers that an emergency accepts, as it names them (whyNotAcceptable); they do not block, and stay open. */
  readonly accepts?: readonly string[] | undefined
}

/** Cohorts with the same stack are one: their hosts are added up. Ordered by digest, so that a verdict does not depend on the input's order. */
const distinct = (cohorts: readonly Cohort[]): readonly DistinctCohort[] => {
  const byDigest = new Map<string, DistinctCohort>()
  for (const { stack, hosts, replacedEarlier = null } of cohorts) {
    const digest = stackDigest(stack)
    const same = byDigest.get(digest)
    byDigest.set(digest, { digest, stack, hosts: (same?.hosts ?? 0) + hosts, pasts: [...(same?.pasts ?? []), replacedEarlier] })
  }
  return [...byDigest.values()].sort((a, b) => (a.digest < b.digest ? -1 : 1))
}

const resultOf = ({ situation, replay }: CohortCase): string | null => {
  if (situation === 'unknown') return null
  if (situation === 'foreign-kernel') return 'ENOEXEC'
  return replay?.result ?? 'OK'
}

type Told = Pick<CohortVerdict, 'stackAfter' | 'log' | 'functions' | 'fixes' | 'callbacks'>

const told = ({ stack, replay, functions, fixes, account, route }: CohortCase): Told => ({
  stackAfter: [...(replay?.stackAfter ?? stack.livepatches.map(({ name }) => name))],
  log: [...(replay?.log ?? [])],
  functions,
  fixes,
  callbacks: {
    run: (replay?.callbacks ?? []).map(({ livepatch, object, callback }) => `${livepatch}:${objectName(object)}:${callback}`),
    skipped: route === 'replace' ? skippedCallbacks(account) : [],
  },
})

/** Cohorts that were worked out together share the lists that are told of them, which hold hundreds of functions each. */
const cohortVerdicts = (cases: readonly CohortCase[]): CohortVerdict[] => {
  const shared = new Map<CohortCase['replay'], Told>()
  const sharedBy = (cohort: CohortCase): Told => {
    const known = cohort.replay === null ? undefined : shared.get(cohort.replay)
    if (known) return known
    const made = told(cohort)
    if (cohort.replay !== null) shared.set(cohort.replay, made)
    return made
  }
  return cases.map(cohort => ({
    cohort: cohort.cohort,
    hosts: cohort.hosts,
    stack: cohort.stack,
    result: resultOf(cohort),
    ...sharedBy(cohort),
    downgrade: cohort.downgrade,
    wayBack: cohort.wayBack.way,
    ...(cohort.byDisabling && { byDisabling: cohort.byDisabling }),
    ...(cohort.wayBack.byDisabling && { backByDisabling: cohort.wayBack.byDisabling }),
  }))
}

/** Loops, because nearly every rule finds nothing on nearly every stack, and a list for each nothing adds up. */
const findingsOf = (livepatch: Manifest, known: Known, cases: readonly CohortCase[]): Finding[] => {
  const findings: Finding[] = []
  for (const rule of RULES) {
    const { id: code } = rule
    if (rule.about === 'livepatch') for (const found of rule.judge(livepatch, known)) findings.push({ code, cohort: null, ...found })
    else for (const cohort of cases) for (const found of rule.judge(cohort)) findings.push({ code, cohort: cohort.cohort, ...found })
  }
  return findings
}

const raised = (finding: Finding, stricter: Judge['stricter']): Finding => {
  const reason = stricter?.get(finding.code)
  if (reason === undefined || finding.severity === 'block') return finding
  return { ...finding, severity: 'block', evidence: { ...finding.evidence, raisedBecause: reason } }
}

/** A host that was forced takes part in no change until it reboots, so what a load would do there only is told. That it is left out stays. */
const leftOut = (finding: Finding, forced: ReadonlySet<string | null>): Finding =>
  forced.has(finding.cohort) && finding.code !== modulePinned.id && finding.severity !== 'note'
    ? { ...finding, severity: 'note', evidence: { ...finding.evidence, leftOut: modulePinned.id } }
    : finding

const SEVERITIES = ['block', 'review', 'note'] as const

/** The worst severity among findings; `clear` where there is none. */
const outcomeOf = (findings: readonly Finding[]): Verdict['outcome'] =>
  SEVERITIES.find(severity => findings.some(finding => finding.severity === severity)) ?? 'clear'

/** Rule sets by kernel release, made once for all cohorts. */
const ruleSetsOf = (cohorts: readonly DistinctCohort[]): Verdict['ruleSets'] => {
  const releases = [...new Set(cohorts.map(({ stack }) => stack.kernelRelease))].sort()
  return Object.fromEntries(
    releases.map(release => {
      const { rules, recorded } = ruleSetFor(release)
      return [release, { rules: rules.name, recorded }]
    }),
  )
}

/**
 * What loading a livepatch would do to every cohort, found on the simulation core, and every hazard of it. Each distinct stack is
 * worked out once. `known` holds the manifests of the livepatches that the stacks name, by module name.
 * The same input gives the same verdict, byte for byte, whatever the order of the cohorts.
 */
export const judgeChange = ({ livepatch, cohorts, known, symbols, stricter, accepts, route = 'replace' }: Judge): Verdict => {
  const stacks = distinct(cohorts)
  const ruleSets = ruleSetsOf(stacks)
  const asked = question(livepatch, known, ruleSets, { route, accepts })
  const cases = stacks.map(cohort => cohortCase(asked, { ...cohort, symbols: symbols?.get(cohort.stack.kernelRelease) }))
  const forced = new Set(stacks.filter(({ stack }) => stack.forced).map(({ digest }) => digest))
  const findings = findingsOf(livepatch, known, cases).map(finding => leftOut(raised(finding, stricter), forced))
  return {
    schema: 'supersede.verdict/1',
    livepatch: livepatch.digest,
    ...(route === 'replace' ? {} : { route }),
    outcome: outcomeOf(findings),
    cohorts: cohortVerdicts(cases),
    findings,
    ruleSets,
  }
}

/** Names a verdict: SHA-256 of its canonical JSON. Approvals bind to it. */
export const verdictDigest = (verdict: Verdict): string => digestOf(verdict)
