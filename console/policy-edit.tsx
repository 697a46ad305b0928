import { useState } from 'preact/hooks'
import { ask } from './api.ts'
import { Field } from './fields.tsx'
import { Loaded, Status, Time, Timeline } from './parts.tsx'
import { Diffs, Otherwise } from './policy-check.tsx'
import type { PolicyCheck, PolicyEdit } from './policy-shapes.ts'
import { session } from './session.ts'
import { useAsked } from './use-asked.ts'
import { useDoing } from './use-doing.tsx'

const LIVE_SECONDS = 2

type Props = { readonly edit: PolicyEdit; readonly onDone: () => void }
type Word = { readonly label: string; readonly look?: 'good' | 'bad'; readonly done: string; readonly body: object }

/** What may be said by whoever looks; approving and rejecting are of exactly the texts that stand on this page. */
const wordsOf = ({ digest, proposer, approvals }: PolicyEdit, text: string): readonly Word[] => {
  const me = session.value?.id
  const withdraw = (label: string): Word => ({ label, done: 'Withdrawn.', body: { decision: 'withdraw', reason: text } })
  const own =
    me === proposer
      ? [withdraw('Withdraw the edit')]
      : [
          { label: 'Approve', look: 'good' as const, done: 'Approved.', body: { decision: 'approve', digest, comment: text } },
          { label: 'Reject', look: 'bad' as const, done: 'Rejected.', body: { decision: 'reject', digest, reason: text } },
          ...(approvals.some(({ by }) => by === me) ? [withdraw('Withdraw my approval')] : []),
        ]
  return [...own, { label: 'Only comment', done: 'Said.', body: { decision: 'comment', comment: text } }]
}

const Decide = ({ edit, onDone }: Props) => {
  const [text, setText] = useState('')
  const { busy, act, status } = useDoing(onDone)
  const say = async ({ body, done }: Word) => {
    if (await act(() => ask('decide-policy-edit', { parameters: { edit: edit.id }, body }), done)) setText('')
  }
  return (
    <section class="decide">
      {session.value?.id === edit.proposer ? <p class="hint">You proposed this edit, so others decide about it.</p> : null}
      <Field label="Comment or reason" value={text} maxLength={2000} onValue={setText} />
      <div class="control">
        {wordsOf(edit, text).map(word => (
          <button key={word.label} type="button" class={word.look ?? ''} disabled={busy} onClick={() => void say(word)}>
            {word.label}
          </button>
        ))}
      </div>
      {status}
    </section>
  )
}

/** Replays past changes under what the edit leads to, for whoever asks. */
const Replay = ({ edit }: { readonly edit: PolicyEdit }) => {
  const [check, setCheck] = useState<PolicyCheck | null>(null)
  const { busy, act, status } = useDoing(() => undefined)
  const files = Object.fromEntries(edit.files.map(({ path, text }) => [path, text]))
  const replay = async () => setCheck((await ask<PolicyCheck>('check-policy-edit', { body: { files, changes: 100 } })).body)
  return (
    <section>
      <h2>What it would have decided otherwise</h2>
      <button type="button" disabled={busy} onClick={() => void act(replay, 'Replayed.')}>
        Replay past changes
      </button>
      {status}
      {check === null ? null : check.sound ? (
        <Otherwise check={check} />
      ) : (
        <p class="error">It does not fit what is in force by now: {check.faults.map(({ message }) => message).join('; ')}</p>
      )}
    </section>
  )
}

const Approvals = ({ edit }: { readonly edit: PolicyEdit }) => (
  <section>
    <h2>Approvals</h2>
    {edit.approvals.length === 0 ? <p class="hint">None yet.</p> : null}
    <ul>
      {edit.approvals.map(({ by, name, at, comment }) => (
        <li key={by}>
          {name} ({by}), <Time at={at} />
          {comment ? `: ${comment}` : ''}
        </li>
      ))}
    </ul>
    {edit.needs.length > 0 ? (
      <>
        <p>
          Still missing
          {edit.decideBefore ? (
            <>
              , before <Time at={edit.decideBefore} />
            </>
          ) : null}
          :
        </p>
        <ul>
          {edit.needs.map(need => (
            <li key={need}>{need}</li>
          ))}
        </ul>
      </>
    ) : null}
  </section>
)

/** One edit of the policies: what differs, who said what, and deciding on it. */
export const PolicyEditPage = ({ id }: { readonly id: string }) => {
  const [version, setVersion] = useState(0)
  const asked = useAsked<PolicyEdit>('show-policy-edit', { parameters: { edit: id }, everySeconds: LIVE_SECONDS, version })
  return (
    <Loaded asked={asked}>
      {edit => (
        <>
          <h1>
            Policies of {edit.fleet ?? 'the house'} <Status of={edit.status} />
          </h1>
          <p class="reason">{edit.reason}</p>
          <p class="hint">
            Proposed by {edit.proposerName} ({edit.proposer}), <Time at={edit.proposedAt} />, on edition {edit.base.edition}
            {edit.edition === null ? '' : `; in force as edition ${edit.edition}`}
          </p>
          {edit.ending ? <p>{edit.ending}</p> : null}
          {edit.status === 'in-review' ? <Decide edit={edit} onDone={() => setVersion(before => before + 1)} /> : null}
          <Approvals edit={edit} />
          <h2>What differs</h2>
          <Diffs files={edit.files} />
          {edit.status === 'in-review' ? <Replay edit={edit} /> : null}
          <Timeline entries={edit.timeline} />
        </>
      )}
    </Loaded>
  )
}
