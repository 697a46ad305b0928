import { Loaded, shortDigest } from './parts.tsx'
import type { Finding, Verdict } from './shapes.ts'
import { useAsked } from './use-asked.ts'

const stackText = (livepatches: Verdict['cohorts'][number]['stack']['livepatches']): string =>
  livepatches.map(({ name }) => name).join(' + ') || 'no livepatch'

const List = ({ title, items }: { readonly title: string; readonly items: readonly string[] }) =>
  items.length === 0 ? null : (
    <p>
      <strong>{title}:</strong> {items.join(', ')}
    </p>
  )

const FindingItem = ({ finding }: { readonly finding: Finding }) => (
  <li class={`finding finding-${finding.severity}`}>
    <strong>
      {finding.severity} · {finding.code}
    </strong>
    <p>{finding.message}</p>
    <p class="hint">{finding.remedy}</p>
  </li>
)

const Cohort = ({ cohort }: { readonly cohort: Verdict['cohorts'][number] }) => (
  <details>
    <summary>
      <strong>{cohort.hosts} hosts</strong> with {stackText(cohort.stack.livepatches)} →{' '}
      {cohort.result === 'OK' ? cohort.stackAfter.join(' + ') : (cohort.result ?? 'unknown')}
      {cohort.functions.reverted.length > 0 ? <span class="error"> reverts {cohort.functions.reverted.length} functions</span> : null}
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

/** What the simulated kernel found, findings first. */
export const VerdictView = ({ change, version }: { readonly change: string; readonly version: number }) => {
  const asked = useAsked<Verdict>('show-verdict', { change }, 0, version)
  return (
    <section>
      <h2>Verdict</h2>
      <Loaded asked={asked}>
        {verdict => (
          <>
            <p>
              Outcome: <span class={`status status-${verdict.outcome}`}>{verdict.outcome}</span>
            </p>
            <ul class="findings">
              {verdict.findings.map((finding, index) => (
                <FindingItem key={`${finding.code}-${index}`} finding={finding} />
              ))}
            </ul>
            {verdict.cohorts.map(cohort => (
              <Cohort key={cohort.cohort} cohort={cohort} />
            ))}
          </>
        )}
      </Loaded>
    </section>
  )
}
