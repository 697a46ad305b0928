import { canonicalJson } from '../canonical/index.ts'
import type { Finding, Verdict } from './verdict.ts'

/** So many characters of a value are quoted. */
const QUOTED_MAX = 160

const quoted = (value: unknown): string => {
  const text = value === undefined ? 'nothing' : canonicalJson(value)
  return text.length > QUOTED_MAX ? `${text.slice(0, QUOTED_MAX)} …` : text
}

/** "log was [], is [...]" for each member that is not the same. */
const membersOf = (where: string, then: object, now: object): readonly string[] => {
  const [before, after] = [new Map<string, unknown>(Object.entries(then)), new Map<string, unknown>(Object.entries(now))]
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter(name => quotedWhole(before.get(name)) !== quotedWhole(after.get(name)))
    .map(name => `${where}${name} was ${quoted(before.get(name))}, is ${quoted(after.get(name))}`)
}

const quotedWhole = (value: unknown): string => (value === undefined ? '' : canonicalJson(value))

const inCohort = (cohort: string | null): string => (cohort === null ? 'every cohort' : `cohort ${cohort.slice(0, 12)}`)
const findingText = ({ severity, code, cohort, message }: Finding): string => `${severity} ${code} (${inCohort(cohort)}): ${message}`

const notIn = (all: readonly Finding[], others: readonly Finding[]): readonly Finding[] => {
  const known = new Set(others.map(quotedWhole))
  return all.filter(finding => !known.has(quotedWhole(finding)))
}

const cohortsOf = ({ cohorts }: Verdict) => new Map(cohorts.map(cohort => [cohort.cohort, cohort]))

const betweenCohorts = (then: Verdict, now: Verdict): readonly string[] => {
  const [before, after] = [cohortsOf(then), cohortsOf(now)]
  return [...new Set([...before.keys(), ...after.keys()])].flatMap(cohort => {
    const [one, other] = [before.get(cohort), after.get(cohort)]
    if (one && other) return membersOf(`${inCohort(cohort)}: `, one, other)
    return [`${inCohort(cohort)} is ${one ? 'gone' : 'new'}`]
  })
}

/** What two verdicts say differently, a sentence each; empty where they are the same. */
export const differencesBetween = (then: Verdict, now: Verdict): readonly string[] => {
  const { cohorts: _, findings: __, ...restThen } = then
  const { cohorts: ___, findings: ____, ...restNow } = now
  return [
    ...membersOf('', restThen, restNow),
    ...betweenCohorts(then, now),
    ...notIn(then.findings, now.findings).map(finding => `gone: ${findingText(finding)}`),
    ...notIn(now.findings, then.findings).map(finding => `new: ${findingText(finding)}`),
  ]
}
