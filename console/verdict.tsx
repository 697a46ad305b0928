import { Loaded, plural, shortDigest } from './parts.tsx'
import type { Finding, Verdict, VerdictAnswer } from './shapes.ts'
import { useAsked } from './use-asked.ts'

type Stack = Verdict['cohorts'][number]['stack']
const namesOf = ({ livepatches }: Stack): string => livepatches.map(({ name }) => name).join(' + ') || 'no livepatch'
const stackText = (stack: Stack): string =>
  stack.resident.length > 0 ? `${namesOf(stack)} (still resident: ${stack.resident.map(({ name }) => name).join(', ')})` : namesOf(stack)

const List = ({ title, items }: { readonly title: string; readonly items: readonly string[] }) =>
  items.length === 0 ? null : (
    <p>
      <strong>{title}:</strong> {items.join(', ')}
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
      <strong>{finding.code}</strong> <span class={`status status-${finding.severity}`}>{finding.severity}</span>{' '}
      <span class="hint">{where}</span>
    </p>
    <p>{finding.message}</p>
    <p class="hint">{finding.remedy}</p>
  </li>
)

const Cohort = ({ cohort }: { readonly cohort: Verdict['cohorts'][number] }) => (
  <details>
    <summary>
      <strong>{plural(cohort.hosts, 'host')}</strong> with {stackText(cohort.stack)} →{' '}
      {cohort.result === 'OK' ? cohort.stackAfter.join(' + ') : (cohort.result ?? 'unknown')}
      {cohort.functions.reverted.length > 0 ? (
        <span class="error"> reverts {plural(cohort.functions.reverted.length, 'function')}</span>
      ) : null}
    </summary>
    <List title="Goes back to original code" items={cohort.functions.reverted} />
    <List title="Kept" items={cohort.functions.kept} />
    <List title="Added" items={cohort.functions.added} />
    <List title="Fixes gained" items={cohort.fixes.gained} />
    <List title="Fixes lost" items={cohort.fixes.lost} />
    <List title="Callbacks that run" items={cohort.callbacks.run} />
    <List title="Callbacks that are skipped" items={cohort.callbacks.skipped} />
    <List title="Way back" items={[cohort.wayBack]} />
    {cohort.log.length > 0 ? <pre>{cohort.log.join('\n')}</pre> : null}
    <p class="hint">
      Stack <code>{shortDigest(cohort.cohort)}</code> on {cohort.stack.kernelRelease}
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
              {OUTCOMES[verdict.outcome]} <span class={`status status-${verdict.outcome}`}>{verdict.outcome}</span>
            </p>
            <ul class="findings">
              {groupsOf(verdict).map(({ finding, where }, index) => (
                <FindingItem key={`${finding.code}-${index}`} finding={finding} where={where} />
              ))}
            </ul>
            <h3>Cohort by cohort</h3>
            {verdict.cohorts.map(cohort => (
              <Cohort key={cohort.cohort} cohort={cohort} />
            ))}
          </>
        )}
      </Loaded>
    </section>
  )
}
