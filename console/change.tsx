import { useState } from 'preact/hooks'
import { AfterReview, Decide } from './decide.tsx'
import { HoldsOn } from './holds.tsx'
import { Loaded, PatchLink, plural, Status, shortDigest, Time, Timeline } from './parts.tsx'
import { PlanView } from './revise.tsx'
import type { Change } from './shapes.ts'
import { useAsked } from './use-asked.ts'
import { VerdictView } from './verdict.tsx'
import { Waves } from './waves.tsx'

const LIVE_SECONDS = 1
const ENDED = ['blocked', 'declined', 'aborted', 'completed']

const Approvals = ({ change }: { readonly change: Change }) => (
  <section>
    <h2>Approvals</h2>
    {change.approvals.length === 0 ? <p class="hint">None yet.</p> : null}
    <ul>
      {change.approvals.map(({ by, name, at, comment, signOff = [], seen = null, onBehalf = [] }) => (
        <li key={`${by}-${at}`}>
          {name} ({by}), <Time at={at} />
          {onBehalf.length > 0 ? `, on behalf of ${onBehalf.map(other => other.name).join(', ')}` : ''}
          {signOff.length > 0 ? `, signing off ${signOff.join(', ')}` : ''}
          {comment ? `: ${comment}` : ''}
          <span class="hint" title={seen ?? ''}>
            {' '}
            {seen ? `saw ${shortDigest(seen)}` : 'did not tell what was seen'}
          </span>
        </li>
      ))}
    </ul>
    {change.voidApprovals.length > 0 ? (
      <>
        <p>Count no more:</p>
        <ul>
          {change.voidApprovals.map(({ by, at, text }) => (
            <li key={`${by}-${at}`} class="hint">
              {text}
            </li>
          ))}
        </ul>
      </>
    ) : null}
    {(change.reviewers ?? []).length > 0 ? (
      <>
        <p>Asked:</p>
        <ul>
          {(change.reviewers ?? []).map(({ group, needed, approved, waiting, policy }) => (
            <li key={`${policy}-${group}`}>
              {needed} of {group}: {approved.length > 0 ? approved.join(', ') : 'nobody yet'}
              {waiting ? ', waiting' : ', enough'}
            </li>
          ))}
        </ul>
      </>
    ) : null}
    {change.delegations
      .filter(({ endedAt }) => endedAt === null)
      .map(({ from, fromName, to, until }) => (
        <p key={from}>
          {fromName} ({from}) lets {to} decide instead, until <Time at={until} />.
        </p>
      ))}
    {change.changesRequested.length > 0 ? (
      <>
        <p>Asked to be changed:</p>
        <ul>
          {change.changesRequested.map(({ by, name, at, reason }) => (
            <li key={by}>
              {name} ({by}), <Time at={at} />: {reason}
            </li>
          ))}
        </ul>
      </>
    ) : null}
    {change.needs.length > 0 ? (
      <>
        <p>
          Still missing
          {change.decideBefore ? (
            <>
              , before <Time at={change.decideBefore} />
            </>
          ) : null}
          :
        </p>
        <ul>
          {change.needs.map(need => (
            <li key={need}>{need}</li>
          ))}
        </ul>
      </>
    ) : null}
  </section>
)

/** One change, live until it has ended. */
export const ChangePage = ({ id, names }: { readonly id: string; readonly names: ReadonlyMap<string, string> }) => {
  const [version, setVersion] = useState(0)
  const moved = () => setVersion(before => before + 1)
  const asked = useAsked<Change>('show-change', { parameters: { change: id }, everySeconds: LIVE_SECONDS, version })
  return (
    <Loaded asked={asked}>
      {(change, etag) => (
        <>
          <h1>
            <a href={`#/fleets/${encodeURIComponent(change.fleet)}`}>{change.fleet}</a> →{' '}
            <PatchLink digest={change.livepatch} names={names} /> <Status of={change.status} />
          </h1>
          <p class="reason">{change.reason}</p>
          <p class="hint" title={change.view ?? ''}>
            Proposed by {change.proposerName} ({change.proposer}), <Time at={change.proposedAt} />
            {change.builder === undefined ? null : `; built by ${change.builder}`}
            {change.view ? `; you see ${shortDigest(change.view)}` : ''}
          </p>
          {change.breakGlass ? (
            <p class="error" role="note">
              <strong>Emergency {change.breakGlass.incident}:</strong> {change.breakGlass.reason}
              <br />
              {change.breakGlass.passes.length > 0 ? ` To pass ${change.breakGlass.passes.join(', ')}.` : ''}
              {change.breakGlass.accepts ? ` To leave behind ${change.breakGlass.accepts.join(', ')}, which nothing takes over.` : ''}
              {change.confirmation ? ` Confirmed by ${change.confirmation.name}.` : ' Not confirmed.'}
              {change.afterReview ? ` Its review is ${change.afterReview}.` : ''}
            </p>
          ) : null}
          <PlanView plan={change.plan} />
          {change.ending ? <p>{change.ending}</p> : null}
          {change.rejudged && change.rejudged.worse.length === 0 ? (
            <p class="hint">
              {plural(change.rejudged.hosts, 'host')} had stacks that nothing had judged; judged again at <Time at={change.rejudged.at} />,
              it is no worse than what was approved.
            </p>
          ) : null}
          <HoldsOn holds={change.holds} names={names} />
          {change.between > 0 ? (
            <p class="error">
              {plural(change.between, 'host')} of <a href={`#/fleets/${encodeURIComponent(change.fleet)}`}>{change.fleet}</a> run without
              what ran before, and not with the new livepatch yet.
            </p>
          ) : null}
          {change.halted ? (
            <p class="error" role="alert">
              Halted ({change.halted.code}): {change.halted.detail}
            </p>
          ) : null}
          {ENDED.includes(change.status) ? null : <Decide change={change} etag={etag} onDone={moved} />}
          <AfterReview change={change} onDone={moved} />
          {change.status === 'in-review' ? <Approvals change={change} /> : null}
          {change.waves.some(({ counts }) => counts !== null) ? (
            <section>
              <h2>Waves</h2>
              <Waves waves={change.waves} />
            </section>
          ) : null}
          {change.status === 'proposed' ? (
            <p class="hint">The verdict is being worked out.</p>
          ) : (
            <VerdictView change={id} version={version} />
          )}
          {change.status === 'in-review' || change.approvals.length === 0 ? null : <Approvals change={change} />}
          <Timeline entries={change.timeline} />
        </>
      )}
    </Loaded>
  )
}
