import { type FindingView, findingOf } from './change-view.ts'
import { type JsonObject, numberOf, objectOf, objectsOf, textOf, textsOf } from './terminal/read-json.ts'

/** A cohort as a verdict tells of it (shared/verdict's CohortVerdict). */
export type CohortView = {
  readonly cohort: string
  readonly hosts: number
  readonly kernel: string
  /** Names of what runs now, oldest first, and of what is in memory besides. */
  readonly runs: readonly string[]
  readonly resident: readonly string[]
  readonly runsThen: readonly string[]
  /** OK, an errno's name, or empty where it is not known. */
  readonly result: string
  readonly reverted: readonly string[]
  /** Null: the verdict is of before code was compared, and `kept` holds whatever is patched before and afterwards. */
  readonly rePatched: readonly string[] | null
  readonly codeUnknown: readonly string[]
  readonly kept: readonly string[]
  readonly added: readonly string[]
  readonly fixesLost: readonly string[]
  readonly fixesGained: readonly string[]
  readonly callbacksSkipped: readonly string[]
  readonly callbacksRun: readonly string[]
  readonly log: readonly string[]
  readonly wayBack: string
  /** The way there by disabling, where one was worked out; and the way back, where it is by disabling. */
  readonly byDisabling: ByDisablingView | null
  readonly backByDisabling: ByDisablingView | null
}

export type ByDisablingView = {
  readonly disables: readonly string[]
  readonly loads: readonly string[]
  readonly proved: boolean
  readonly reasons: readonly string[]
  readonly exposes: readonly string[]
  readonly functions: number
  readonly secondsMin: number
  readonly because: string
}

/** Cohorts of which the same is told, as one. */
export type CohortGroup = CohortView & {
  readonly cohorts: readonly string[]
  /** "block missing-callback", the worst first, of findings about these cohorts alone. */
  readonly findings: readonly string[]
}

/** A finding, and whom it is about in words. */
export type PlacedFinding = FindingView & { readonly where: string }

export type VerdictView = {
  readonly livepatch: string
  /** Empty: `replace`. */
  readonly route: string
  readonly outcome: string
  readonly hosts: number
  readonly cohorts: number
  readonly groups: readonly CohortGroup[]
  readonly findings: readonly PlacedFinding[]
}

const SEVERITIES = ['block', 'review', 'note']
const rank = (severity: string): number => (SEVERITIES.indexOf(severity) + SEVERITIES.length) % SEVERITIES.length

const namesIn = (list: unknown): readonly string[] => objectsOf(list).map(entry => textOf(entry['name']))

const byDisablingOf = (value: unknown): ByDisablingView | null => {
  if (typeof value !== 'object' || value === null) return null
  const [route, meanwhile] = [objectOf(value), objectOf(objectOf(value)['meanwhile'])]
  return {
    disables: textsOf(route['disables']),
    loads: textsOf(route['loads']),
    proved: route['proved'] === true,
    reasons: textsOf(route['reasons']),
    exposes: textsOf(meanwhile['exposes']),
    functions: numberOf(meanwhile['functions']),
    secondsMin: numberOf(meanwhile['secondsMin']),
    because: textOf(meanwhile['because']),
  }
}

const cohortOf = (cohort: JsonObject): CohortView => {
  const [stack, functions] = [objectOf(cohort['stack']), objectOf(cohort['functions'])]
  const [fixes, callbacks] = [objectOf(cohort['fixes']), objectOf(cohort['callbacks'])]
  const result = textOf(cohort['result'])
  return {
    cohort: textOf(cohort['cohort']),
    hosts: numberOf(cohort['hosts']),
    kernel: textOf(stack['kernelRelease']),
    runs: namesIn(stack['livepatches']),
    resident: namesIn(stack['resident']),
    runsThen: textsOf(cohort['stackAfter']),
    result,
    reverted: textsOf(functions['reverted']),
    rePatched: functions['rePatched'] === undefined ? null : textsOf(functions['rePatched']),
    codeUnknown: textsOf(functions['codeUnknown']),
    kept: textsOf(functions['kept']),
    added: textsOf(functions['added']),
    fixesLost: textsOf(fixes['lost']),
    fixesGained: textsOf(fixes['gained']),
    callbacksSkipped: textsOf(callbacks['skipped']),
    callbacksRun: textsOf(callbacks['run']),
    log: textsOf(cohort['log']),
    wayBack: result === '' ? 'unknown' : textOf(cohort['wayBack']),
    byDisabling: byDisablingOf(cohort['byDisabling']),
    backByDisabling: byDisablingOf(cohort['backByDisabling']),
  }
}

/** What one cohort is told of findings, in their order of severity. */
const findingsAbout = (findings: readonly JsonObject[], cohort: string): readonly string[] => {
  const own = findings.filter(finding => finding['cohort'] === cohort).map(findingOf)
  const worstFirst = own.toSorted((a, b) => rank(a.severity) - rank(b.severity))
  return [...new Set(worstFirst.map(({ severity, code }) => `${severity} ${code}`))]
}

const severityOf = ({ findings: [worst = ''] }: CohortGroup): number => rank(worst.split(' ')[0] ?? '')

/** The worst first, then by what is taken away, then the largest. */
const worstFirst = (a: CohortGroup, b: CohortGroup): number =>
  severityOf(a) - severityOf(b) ||
  b.reverted.length +
    b.fixesLost.length +
    b.callbacksSkipped.length -
    (a.reverted.length + a.fixesLost.length + a.callbacksSkipped.length) ||
  b.hosts - a.hosts

const groupsOf = (cohorts: readonly CohortView[], findings: readonly JsonObject[]): readonly CohortGroup[] => {
  const told = cohorts.map(cohort => ({ cohort, findings: findingsAbout(findings, cohort.cohort) }))
  const groups = Map.groupBy(told, ({ cohort: { cohort: _, hosts: __, ...rest }, findings: about }) => JSON.stringify([rest, about]))
  return [...groups.values()]
    .flatMap(([first, ...others]): CohortGroup[] => {
      if (first === undefined) return []
      const all = [first, ...others].map(({ cohort }) => cohort)
      const hosts = all.reduce((sum, cohort) => sum + cohort.hosts, 0)
      return [{ ...first.cohort, hosts, cohorts: all.map(({ cohort }) => cohort), findings: first.findings }]
    })
    .toSorted(worstFirst)
}

/** What runs, as one names it: "lp_1 + lp_hotfix". */
export const stackText = (names: readonly string[]): string => names.join(' + ') || 'no livepatch'

const STACKS_MAX = 3

const whereOf = (about: readonly CohortView[], all: number): string => {
  if (about.length === 0 || about.length === all) return ''
  const hosts = about.reduce((sum, cohort) => sum + cohort.hosts, 0)
  const stacks = [...new Set(about.map(({ runs }) => stackText(runs)))]
  const named = stacks.slice(0, STACKS_MAX).join('; ')
  const more =
    stacks.length > STACKS_MAX ? ` and ${stacks.length - STACKS_MAX} other ${stacks.length - STACKS_MAX === 1 ? 'stack' : 'stacks'}` : ''
  return `${hosts} ${hosts === 1 ? 'host' : 'hosts'} with ${named}${more}`
}

/** Findings, the worst first; what is said of several cohorts in the same words is said once, with whom it is about. */
const placedFindings = (cohorts: readonly CohortView[], findings: readonly JsonObject[]): readonly PlacedFinding[] => {
  const groups = Map.groupBy(findings, ({ code, severity, message, remedy }) => JSON.stringify([code, severity, message, remedy]))
  return [...groups.values()]
    .flatMap(group => {
      const digests = new Set(group.map(({ cohort }) => textOf(cohort)))
      const about = cohorts.filter(({ cohort }) => digests.has(cohort))
      return group.slice(0, 1).map(finding => ({ ...findingOf(finding), where: whereOf(about, cohorts.length) }))
    })
    .toSorted((a, b) => rank(a.severity) - rank(b.severity))
}

/** A verdict (shared/verdict's shape, from the server or from here) as people read it. */
export const verdictView = (verdict: JsonObject): VerdictView => {
  const cohorts = objectsOf(verdict['cohorts']).map(cohortOf)
  const findings = objectsOf(verdict['findings'])
  return {
    livepatch: textOf(verdict['livepatch']),
    route: textOf(verdict['route']),
    outcome: textOf(verdict['outcome']),
    hosts: cohorts.reduce((sum, { hosts }) => sum + hosts, 0),
    cohorts: cohorts.length,
    groups: groupsOf(cohorts, findings),
    findings: placedFindings(cohorts, findings),
  }
}
