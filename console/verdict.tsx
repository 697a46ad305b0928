import { FindingLink, Loaded, namesOf, plural, shortDigest, stackText } from './parts.tsx'
import type { Finding, Verdict, VerdictAnswer } from './shapes.ts'
import { useAsked } from './use-asked.ts'

/** `none`: what stands there where nothing is listed; without it the line is left out. */
const List = ({ title, items, none }: { readonly title: string; readonly items: readonly string[]; readonly none?: string }) =>
  items.length === 0 && none === undefined ? null : (
    <p>
      <strong>
        {title}
        {items.length > 1 ? ` (${items.length})` : ''}:
      </strong>{' '}
      {items.join(', ') || none}
    </p>
  )

const whereOf = (about: Verdict['cohorts'], cohorts: number): string => {
  if (about.length === 0 || about.length === cohorts) return 'every host'
  const hosts = about.reduce((sum, cohort) => sum + cohort.hosts, 0)
  return `${plural(hosts, 'host')} with ${[...new Set(about.map(({ stack }) => namesOf(stack)))].join('; ')}`
}

const WORST_FIRST = ['block', 'review', 'note']

/** What is said of several cohorts in the same words is said once; the worst comes first. */
const groupsOf = ({ findings, cohorts }: Verdict) =>
  [...Map.groupBy(findings, ({ code, message, remedy }) => JSON.stringify([code, message, remedy])).values()]
    .flatMap(group => {
      const [finding] = group
      const about = cohorts.filter(({ cohort }) => group.some(found => found.cohort === cohort))
      return finding ? [{ finding, where: whereOf(about, cohorts.length) }] : []
    })
    .sort((a, b) => WORST_FIRST.indexOf(a.finding.severity) - WORST_FIRST.indexOf(b.finding.severity))

const FindingItem = ({ finding, where }: { readonly finding: Finding; readonly where: string }) => (
  <li class={`finding finding-${finding.severity}`}>
    <p>
      <strong>
        <FindingLink code={finding.code} />
      </strong>{' '}
      <span class={`status status-${finding.severity}`}>{finding.severity}</span> <span class="hint">{where}</span>
    </p>
    <p>{finding.message}</p>
    <p class="hint">{finding.remedy}</p>
  </li>
)

type CohortOf = Verdict['cohorts'][number]
type ByDisabling = NonNullable<CohortOf['byDisabling']>
type InBetween = ByDisabling['meanwhile']
type CohortGroup = {
  readonly cohort: CohortOf
  readonly hosts: number
  readonly digests: readonly string[]
  readonly findings: readonly string[]
}

const findingsAbout = (findings: readonly Finding[], { cohort }: CohortOf): readonly string[] => {
  const own = findings.filter(finding => finding.cohort === cohort)
  const worstFirst = own.toSorted((a, b) => WORST_FIRST.indexOf(a.severity) - WORST_FIRST.indexOf(b.severity))
  return [...new Set(worstFirst.map(({ severity, code }) => `${severity} ${code}`))]
}

const severityOf = ({ findings: [worst = 'none'] }: CohortGroup): number => [...WORST_FIRST, 'none'].indexOf(worst.split(' ')[0] ?? '')
const takenFrom = ({ cohort: { functions, fixes, callbacks } }: CohortGroup): number =>
  functions.reverted.length + fixes.lost.length + callbacks.skipped.length

/** Cohorts of which the same is told are shown as one; the worst first, then what loses most, then the largest. */
const cohortGroups = ({ cohorts, findings }: Verdict): readonly CohortGroup[] =>
  [
    ...Map.groupBy(
      cohorts.map(cohort => ({ cohort, about: findingsAbout(findings, cohort) })),
      ({ cohort: { cohort: _, hosts: __, stack, ...told }, about }) => JSON.stringify([stack.kernelRelease, stackText(stack), told, about]),
    ).values(),
  ]
    .flatMap((group): CohortGroup[] => {
      const [first] = group
      const all = group.map(({ cohort }) => cohort)
      const hosts = all.reduce((sum, cohort) => sum + cohort.hosts, 0)
      return first ? [{ cohort: first.cohort, hosts, digests: all.map(({ cohort }) => cohort), findings: first.about }] : []
    })
    .sort((a, b) => severityOf(a) - severityOf(b) || takenFrom(b) - takenFrom(a) || b.hosts - a.hosts)

const Functions = ({ functions }: Pick<CohortOf, 'functions'>) => (
  <>
    <List title="Goes back to original code" items={functions.reverted} none="none" />
    <List title={functions.rePatched ? 'Kept' : 'Kept, maybe with other code'} items={functions.kept} />
    <List title="Re-patched with other code" items={functions.rePatched ?? []} />
    <List title="Of these with code that cannot be compared" items={functions.codeUnknown ?? []} />
    <List title="Added" items={functions.added} />
  </>
)

const meanwhileOf = ({ exposes, functions, secondsMin }: InBetween, hosts: number): string => {
  const fixes = exposes.length === 0 ? 'no claimed fix is absent' : `${exposes.join(', ')} not fixed`
  const duration = secondsMin === 0 ? 'maybe for less than a second' : `for at least ${secondsMin} s`
  return `${fixes} on ${plural(hosts, 'host')}, ${plural(functions, 'function')} with original code, ${duration}`
}

/** A way by disabling, and what hosts are exposed to on it. */
const Disabling = ({ title, route, hosts }: { readonly title: string; readonly route: ByDisabling; readonly hosts: number }) => (
  <>
    <List
      title={title}
      items={[
        `disable ${route.disables.join(', ')}, then load ${route.loads.join(', ')}${route.proved ? '' : ` — it does not help: ${route.reasons.join('; ')}`}`,
      ]}
    />
    {route.proved ? (
      <p>
        <strong>In between:</strong> {meanwhileOf(route.meanwhile, hosts)} <span class="hint">({route.meanwhile.because})</span>
      </p>
    ) : null}
  </>
)

const Cohort = ({ group: { cohort, hosts, digests, findings }, way }: { readonly group: CohortGroup; readonly way: string }) => (
  <details>
    <summary>
      <strong>{plural(hosts, 'host')}</strong> with {stackText(cohort.stack)} →{' '}
      {cohort.result === 'OK'
        ? cohort.stackAfter.join(' + ')
        : cohort.result === null
          ? 'not known'
          : `the load would fail with ${cohort.result}`}
      {cohort.functions.reverted.length > 0 ? (
        <span class="error"> reverts {plural(cohort.functions.reverted.length, 'function')}</span>
      ) : null}
      {findings[0] ? <span class="hint"> {findings[0]}</span> : null}
    </summary>
    <Functions functions={cohort.functions} />
    <List title="Fixes lost" items={cohort.fixes.lost} none="none" />
    <List title="Fixes gained" items={cohort.fixes.gained} />
    <List title="Callbacks that are skipped" items={cohort.callbacks.skipped} none="none" />
    <List title="Callbacks that run" items={cohort.callbacks.run} />
    {cohort.byDisabling ? <Disabling title={way} route={cohort.byDisabling} hosts={hosts} /> : null}
    <List title="Way back" items={[cohort.wayBack]} />
    {cohort.backByDisabling ? <Disabling title="Way back by disabling" route={cohort.backByDisabling} hosts={hosts} /> : null}
    <List title="Findings" items={findings} />
    {cohort.log.length > 0 ? (
      <>
        <p>
          <strong>What the kernel will log:</strong>
        </p>
        <pre>{cohort.log.join('\n')}</pre>
      </>
    ) : null}
    <p class="hint">
      {digests.length === 1 ? 'Stack' : 'Stacks'} <code>{digests.map(shortDigest).join(', ')}</code> on {cohort.stack.kernelRelease}
    </p>
  </details>
)

const OUTCOMES: Readonly<Record<Verdict['outcome'], string>> = {
  block: 'The simulated kernel found something that blocks this change.',
  review: 'The simulated kernel found something that people should look at.',
  note: 'The simulated kernel found nothing that stands against it.',
  clear: 'The simulated kernel found nothing.',
}

/** What the simulated kernel found, findings first. */
export const VerdictView = ({ change, version }: { readonly change: string; readonly version: number }) => {
  const asked = useAsked<VerdictAnswer>('show-verdict', { parameters: { change }, version })
  return (
    <section>
      <h2>Verdict</h2>
      <Loaded asked={asked}>
        {({ verdict }) => (
          <>
            <p>
              {OUTCOMES[verdict.outcome]}
              {verdict.route === undefined ? '' : ` The route that was judged is ${verdict.route}.`}{' '}
              <span class={`status status-${verdict.outcome}`}>{verdict.outcome}</span>
            </p>
            <ul class="findings">
              {groupsOf(verdict).map(({ finding, where }, index) => (
                <FindingItem key={`${finding.code}-${index}`} finding={finding} where={where} />
              ))}
            </ul>
            <h3>Cohort by cohort</h3>
            {cohortGroups(verdict).map(group => (
              <Cohort
                key={group.cohort.cohort}
                group={group}
                way={verdict.route === undefined ? 'Way there, which is not taken unless it is proposed' : 'The route that is proposed'}
              />
            ))}
          </>
        )}
      </Loaded>
    </section>
  )
}
