import { useState } from 'preact/hooks'
import { ask } from './api.ts'
import { durationText, secondsOf } from './durations.ts'
import { Field, Twice } from './fields.tsx'
import { HoldsOn } from './holds.tsx'
import { Loaded, namesOf, plural, Status, shortDigest, Time } from './parts.tsx'
import type { Evidence, HostWhole } from './shapes.ts'
import { useAsked } from './use-asked.ts'
import { useDoing } from './use-doing.tsx'

const LIVE_SECONDS = 2
const CLEARED_SECONDS = 1_800

/** A host's own clock may say anything; a date can carry this much. */
const INSTANT_MAX = 8.64e15
const instant = (milliseconds: number): string => new Date(Math.min(Math.abs(milliseconds), INSTANT_MAX)).toISOString()

const whereOf = ({ functions, stack }: Evidence['tasks'][number]): string =>
  functions.join(' and ') || stack[0]?.replace(/\+0x\S*/, '') || 'code that cannot be told'

const waitsFor = (waiting: number | null): string =>
  waiting === null ? 'the host cannot tell whom; its agent may not read /proc/<pid>/patch_state' : plural(waiting, 'task')

/** What a stalled transition waits for: who, where, since when. */
const EvidenceView = ({ evidence, digest }: { readonly evidence: Evidence; readonly digest: string | null }) => (
  <section aria-label="Evidence">
    <h2>
      The transition of {evidence.livepatch} has stalled ({evidence.direction})
    </h2>
    <p>
      Open since <Time at={instant(evidence.since)} />, looked at after {Math.round((evidence.at - evidence.since) / 1000)} s. It waits for{' '}
      {waitsFor(evidence.waiting)}.
    </p>
    <ul>
      {evidence.tasks.map(task => (
        <li key={`${task.pid}-${task.name}`}>
          {task.kthread ? 'kernel thread ' : ''}
          <strong>{task.name}</strong>
          {task.pid === null ? '' : ` (${task.pid})`} in {whereOf(task)}
          {task.stack.length > 0 ? <pre>{task.stack.join('\n')}</pre> : null}
        </li>
      ))}
    </ul>
    {evidence.unproven.length > 0 ? <p>Not in force: {evidence.unproven.join(', ')}</p> : null}
    {evidence.log.length > 0 ? (
      <>
        <p>Its kernel’s log:</p>
        <pre>{evidence.log.join('\n')}</pre>
      </>
    ) : null}
    <p class="hint" title={digest ?? ''}>
      Evidence {shortDigest(digest ?? '')}
    </p>
  </section>
)

/** The leave to force is of exactly the evidence that stands on this page, and is asked for twice. */
const Clear = ({ host, onDone }: { readonly host: HostWhole; readonly onDone: () => void }) => {
  const [reason, setReason] = useState('')
  const [lasts, setLasts] = useState(durationText(CLEARED_SECONDS))
  const { busy, act, status } = useDoing(onDone)
  const seconds = secondsOf(lasts)
  const body = { evidence: host.evidence, reason, minutes: Math.ceil((seconds ?? 0) / 60) }
  const clear = () => ask('clear-transition', { parameters: { host: host.id }, body })
  return (
    <section class="decide">
      <h2>Let it be forced</h2>
      <p class="hint">
        Who submitted the livepatch answers for it. The host forces this one transition, once; after that its modules are pinned, and it
        takes part in no change until it reboots. Forcing while a task runs old code can crash the host or damage its data.
      </p>
      <div class="control">
        <Field label="Why these tasks are safe in either code" value={reason} maxLength={2000} onValue={setReason} />
        <Field label="The leave lasts" value={lasts} maxLength={10} onValue={setLasts} />
        <Twice
          label="Clear it to be forced"
          sure={`Really let ${host.id} force it`}
          disabled={busy || reason.trim() === '' || seconds === null || seconds === 0}
          onSure={() => void act(clear, `Cleared: ${host.id} may force it once.`)}
        />
      </div>
      {status}
    </section>
  )
}

const Cleared = ({ cleared }: { readonly cleared: NonNullable<HostWhole['cleared']> }) => (
  <p>
    {cleared.clearedBy} gave leave to force the transition of {cleared.livepatch} at <Time at={instant(cleared.issuedAt)} />, until{' '}
    <Time at={instant(cleared.expiresAt)} />.
  </p>
)

/** Without what it runs, and for how long, by the route disable-then-load. */
const Between = ({ between: { since, until, disables } }: { readonly between: NonNullable<HostWhole['between']> }) => (
  <p class={until === null ? 'error' : 'hint'}>
    {until === null ? 'It runs' : 'It ran'} without {disables.join(' + ')} since <Time at={instant(since)} />
    {until === null ? ', and the new livepatch is not there yet.' : `, for ${Math.ceil((until - since) / 1000)} s.`}
  </p>
)

/** One host: what it runs, and where it stands still. */
export const HostPage = ({ id, names }: { readonly id: string; readonly names: ReadonlyMap<string, string> }) => {
  const [version, setVersion] = useState(0)
  const asked = useAsked<HostWhole>('show-host', { parameters: { host: id }, everySeconds: LIVE_SECONDS, version })
  return (
    <Loaded asked={asked}>
      {host => (
        <>
          <h1>
            {host.id} <Status of={host.state} />
          </h1>
          <p>
            Of <a href={`#/fleets/${encodeURIComponent(host.fleet)}`}>{host.fleet}</a>: {namesOf(host)} on{' '}
            {host.kernelRelease ?? 'a kernel that it did not tell'}
            {host.change ? (
              <>
                , moved by <a href={`#/changes/${host.change}`}>a change</a>
              </>
            ) : null}
          </p>
          <HoldsOn holds={host.holds} names={names} />
          {host.refusal ? (
            <p class="error">
              It refuses ({host.refusal.code}): {host.refusal.detail}
            </p>
          ) : null}
          {host.toReboot ? <p class="error">Reboot it: its modules are pinned, and no change reaches it before.</p> : null}
          {host.between ? <Between between={host.between} /> : null}
          {host.cleared ? <Cleared cleared={host.cleared} /> : null}
          {host.transition ? <EvidenceView evidence={host.transition} digest={host.evidence} /> : null}
          {host.transition?.direction === 'patching' && host.evidence ? (
            <Clear key={host.evidence} host={host} onDone={() => setVersion(before => before + 1)} />
          ) : null}
          <p class="hint">
            {host.lastSeenAt === null ? (
              'Never seen.'
            ) : (
              <>
                Seen <Time at={host.lastSeenAt} />.
              </>
            )}{' '}
            What ran on it over time: supersede host history {host.id}
          </p>
        </>
      )}
    </Loaded>
  )
}
