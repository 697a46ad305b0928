import { printFindings } from './findings.ts'
import type { Ended, Shell } from './shell.ts'
import { plural, shortDigest } from './terminal/format.ts'
import { printFacts, printTable, printTitle } from './terminal/print.ts'
import { type JsonObject, textOf } from './terminal/read-json.ts'
import { type ByDisablingView, type CohortGroup, stackText, type VerdictView, verdictView } from './verdict-view.ts'

/** What is taken away is listed nearly whole; of the rest some names do, and `-o json` has them all. */
const TAKEN_NAMES_MAX = 100
const OTHER_NAMES_MAX = 12
const LINE_MAX = 100

/** Names on lines of their own width, since one name is never cut. */
const wrapped = (names: readonly string[]): string => {
  const lines: string[] = []
  for (const name of names) {
    const last = lines.pop()
    if (last === undefined) lines.push(name)
    else if (last.length + name.length + 2 > LINE_MAX) lines.push(last, name)
    else lines.push(`${last}, ${name}`)
  }
  return lines.join(',\n')
}

const listed = (names: readonly string[], namesMax: number): string => {
  const text = wrapped(names.slice(0, namesMax))
  return names.length > namesMax ? `${text}\nand ${names.length - namesMax} more (-o json lists them)` : text
}

const taken = (names: readonly string[]): string => listed(names, TAKEN_NAMES_MAX) || 'none'
const others = (names: readonly string[]): string => listed(names, OTHER_NAMES_MAX)

const rePatchedText = ({ rePatched, codeUnknown }: CohortGroup): string => {
  if (rePatched === null || codeUnknown.length === 0) return others(rePatched ?? [])
  return `${others(rePatched)}\n(of these ${codeUnknown.length} with code that cannot be compared: ${others(codeUnknown)})`
}

const resultText = ({ result }: CohortGroup): string => result || 'unknown'
/** Where the load fails, what follows tells what it would have changed. */
const afterText = (group: CohortGroup): string => {
  if (group.result === 'OK') return stackText(group.runsThen)
  return group.result === '' ? 'not known' : `the load would fail with ${group.result}`
}

const secondsText = (secondsMin: number): string => (secondsMin === 0 ? 'maybe for less than a second' : `for at least ${secondsMin} s`)

/** What hosts are exposed to while they are between two livepatches. */
const meanwhileText = ({ exposes, functions, secondsMin, because }: ByDisablingView, hosts: number): string => {
  const fixes = exposes.length === 0 ? 'no claimed fix is absent' : `not fixed: ${taken(exposes)}`
  return `${fixes}\non ${plural(hosts, 'host')}, ${plural(functions, 'function')} with original code, ${secondsText(secondsMin)}:\n${because}`
}

const stepsText = ({ disables, loads }: ByDisablingView): string => `disable ${disables.join(', ')}, then load ${loads.join(', ')}`

/** Where an atomic replace would skip callbacks: the other way there, which is taken only where it was proposed. */
const byDisablingText = (route: ByDisablingView, isProposed: boolean): string => {
  if (!route.proved) return `${stepsText(route)}: ${isProposed ? 'it is not proved' : 'it does not help'}\n${route.reasons.join('\n')}`
  return `${stepsText(route)}: proved on the simulated kernel${isProposed ? '' : '; it is not taken unless it is proposed (--route disable-then-load)'}`
}

/** "12 hosts: lp_1 (still in memory: lp_0) → lp_2" */
const titleOf = (group: CohortGroup): string => {
  const resident = group.resident.length === 0 ? '' : ` (still in memory: ${group.resident.join(', ')})`
  return `${plural(group.hosts, 'host')}: ${stackText(group.runs)}${resident} → ${afterText(group)}`
}

/** One cohort whole, or several of which the same is told; what goes back to the kernel's own code comes first. */
const printGroup = (shell: Shell, group: CohortGroup, route: string): void => {
  printTitle(shell, titleOf(group))
  printFacts(shell, [
    ['reverted', taken(group.reverted)],
    [group.rePatched === null ? 'kept, maybe with other code' : 'kept', others(group.kept)],
    ['re-patched', rePatchedText(group)],
    ['added', others(group.added)],
    ['fixes lost', taken(group.fixesLost)],
    ['fixes gained', others(group.fixesGained)],
    ['callbacks skipped', taken(group.callbacksSkipped)],
    ['callbacks run', others(group.callbacksRun)],
    ['kernel log', group.log.join('\n')],
    ['way there', group.byDisabling === null ? '' : byDisablingText(group.byDisabling, route !== '')],
    ['in between', group.byDisabling?.proved ? meanwhileText(group.byDisabling, group.hosts) : ''],
    ['way back', group.backByDisabling === null ? group.wayBack : `${group.wayBack}: ${stepsText(group.backByDisabling)}`],
    ['in between, back', group.backByDisabling === null ? '' : meanwhileText(group.backByDisabling, group.hosts)],
    ['findings', wrapped(group.findings)],
    ['kernel', group.kernel],
    [group.cohorts.length === 1 ? 'cohort' : `${group.cohorts.length} cohorts`, others(group.cohorts.map(shortDigest))],
  ])
}

const count = (names: readonly string[] | null): string => (names === null ? '?' : String(names.length))

/** Everything at a glance: one line a cohort, or for all of which the same is told. */
const printOverview = (shell: Shell, { groups }: VerdictView): void => {
  printTitle(shell, 'Cohorts')
  printTable(
    shell,
    ['hosts', 'runs', 'runs then', 'load', 'reverted', 'kept', 're-patched', 'added', 'fixes', 'skipped', 'way back', 'worst finding'],
    groups.map(group => [
      String(group.hosts),
      stackText(group.runs),
      group.result === 'OK' ? stackText(group.runsThen) : stackText(group.runs),
      resultText(group),
      count(group.reverted),
      count(group.kept),
      count(group.rePatched),
      count(group.added),
      `+${group.fixesGained.length} −${group.fixesLost.length}`,
      count(group.callbacksSkipped),
      group.wayBack,
      group.findings[0] ?? '',
    ]),
  )
}

/** What an approver looks at before the details: findings, the worst first, and one line a cohort. */
export const printVerdictOverview = (shell: Shell, verdict: JsonObject): void => {
  const view = verdictView(verdict)
  if (view.findings.length > 0) printFindings(shell, view.findings)
  if (view.groups.length > 0) printOverview(shell, view)
}

/** The whole verdict. */
export const printVerdict = (shell: Shell, verdict: JsonObject): void => {
  const view = verdictView(verdict)
  printFacts(shell, [
    ['livepatch', view.livepatch],
    ['route', view.route],
    ['outcome', view.outcome],
    ['judged on', view.cohorts === 0 ? '' : `${plural(view.hosts, 'host')} in ${plural(view.cohorts, 'cohort')}`],
  ])
  printVerdictOverview(shell, verdict)
  for (const group of view.groups) printGroup(shell, group, view.route)
}

const ENDS: Readonly<Record<string, Ended>> = { block: 'refused', review: 'toReview' }

/** The worst severity decides: a blocking verdict is a refusal for scripts, too, and what people have to review is not silent. */
export const verdictEnd = (verdict: JsonObject): Ended => ENDS[textOf(verdict['outcome'])]
