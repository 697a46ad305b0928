import { useState } from 'preact/hooks'
import { ask } from './api.ts'
import { Delegate } from './delegate.tsx'
import { Field, Twice } from './fields.tsx'
import { Revise } from './revise.tsx'
import { session } from './session.ts'
import type { Change } from './shapes.ts'
import { SignOff } from './sign-off.tsx'
import { useDoing } from './use-doing.tsx'

type Props = { readonly change: Change; readonly etag: string; readonly onDone: () => void }

type Word = {
  readonly label: string
  readonly done: string
  readonly body: object
  readonly look?: 'good' | 'bad'
}

/** What somebody else than the proposer can say; each is bound to the digest and the view that stand on this page. */
const wordsOf = (change: Change, me: string | undefined, comment: string, signed: ReadonlySet<string>): readonly Word[] => {
  const shown = { digest: change.digest, ...(change.view === null ? {} : { seen: change.view }) }
  const approved = change.approvals.some(({ by }) => by === me)
  const said = approved || change.changesRequested.some(({ by }) => by === me)
  const signOff = [...signed].filter(code => (change.signable ?? []).includes(code))
  return [
    { label: 'Approve', done: 'Approved.', look: 'good', body: { decision: 'approve', ...shown, comment, signOff } },
    { label: 'Reject', done: 'Rejected.', look: 'bad', body: { decision: 'reject', ...shown, reason: comment } },
    { label: 'Ask for changes', done: 'Asked for changes.', body: { decision: 'request-changes', ...shown, reason: comment } },
    ...(change.breakGlass && !change.confirmation
      ? [{ label: 'Confirm the emergency', done: 'Confirmed.', look: 'bad' as const, body: { decision: 'confirm', ...shown } }]
      : []),
    ...(said
      ? [
          {
            label: approved ? 'Withdraw my approval' : 'Withdraw my request',
            done: 'Withdrawn.',
            body: { decision: 'withdraw', reason: comment },
          },
        ]
      : []),
  ]
}

/** What people say on a change in review. Nobody decides on what they proposed or built, but anybody may comment. */
const Approval = ({ change, onDone }: Props) => {
  const [comment, setComment] = useState('')
  const [signed, setSigned] = useState<ReadonlySet<string>>(new Set())
  const { busy, act, status } = useDoing(onDone)
  const say = async ({ body, done }: Word) => {
    if (await act(() => ask('approve-change', { parameters: { change: change.id }, body }), done)) setComment('')
  }
  const toggle = (code: string, is: boolean) => setSigned(new Set([...signed, code].filter(other => is || other !== code)))
  const me = session.value?.id
  const own = me === change.proposer ? 'proposed this change' : me !== undefined && me === change.builder ? 'built this livepatch' : null
  const words: readonly Word[] = [
    ...(own ? [] : wordsOf(change, me, comment, signed)),
    { label: 'Only comment', done: 'Said.', body: { decision: 'comment', comment } },
  ]
  return (
    <div>
      {own ? <p class="hint">You {own}, so others decide about it.</p> : null}
      <Field label={own ? 'Comment' : 'Comment or reason'} value={comment} maxLength={2000} onValue={setComment} />
      {own ? null : <SignOff change={change} signed={signed} onToggle={toggle} />}
      <div class="control">
        {words.map(word => (
          <button key={word.label} type="button" class={word.look ?? ''} disabled={busy} onClick={() => void say(word)}>
            {word.label}
          </button>
        ))}
      </div>
      {status}
      {own ? null : <Delegate change={change} onDone={onDone} />}
      <Revise key={change.digest} change={change} onDone={onDone} />
    </div>
  )
}

const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  'in-review': ['abort'],
  released: ['pause', 'abort'],
  rolling: ['pause', 'abort'],
  halted: ['resume', 'abort'],
}

const labelOf = (name: string): string => `${name.charAt(0).toUpperCase()}${name.slice(1)}`

/** Pause, resume, abort: whichever the status allows. An abort is final, so it is asked for twice. */
const Control = ({ change, etag, onDone }: Props) => {
  const [reason, setReason] = useState('')
  const { busy, act, status } = useDoing(onDone)
  const names = COMMANDS[change.status] ?? []
  const command = (name: string) => {
    const body = { command: name, reason: reason.trim() || `${labelOf(name)} in the console` }
    void act(() => ask('control-change', { parameters: { change: change.id }, body, etag }), `${labelOf(name)}: done.`)
  }
  if (names.length === 0) return null
  return (
    <div class="control">
      {names
        .filter(name => name !== 'abort')
        .map(name => (
          <button key={name} type="button" disabled={busy} onClick={() => command(name)}>
            {labelOf(name)}
          </button>
        ))}
      <Twice label="Abort" sure="Really abort? It cannot be resumed" disabled={busy} onSure={() => command('abort')} />
      <Field label={`Why (${names.join(', ')})`} value={reason} maxLength={500} onValue={setReason} />
      {status}
    </div>
  )
}

/** The review that an emergency leaves, whatever became of the change. */
export const AfterReview = ({ change, onDone }: Omit<Props, 'etag'>) => {
  const [text, setText] = useState('')
  const { busy, act, status } = useDoing(onDone)
  if (change.afterReview !== 'open') return null
  const close = () => ask('approve-change', { parameters: { change: change.id }, body: { decision: 'close-review', text } })
  return (
    <section class="decide">
      <div class="control">
        <Field label="What came of the emergency’s review" value={text} maxLength={2000} onValue={setText} />
        <button type="button" disabled={busy || text.trim() === ''} onClick={() => void act(close, 'Closed.')}>
          Close the review
        </button>
      </div>
      {status}
    </section>
  )
}

export const Decide = (props: Props) => (
  <section class="decide">
    {props.change.status === 'in-review' ? <Approval {...props} /> : null}
    <Control {...props} />
  </section>
)
