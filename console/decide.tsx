import { useState } from 'preact/hooks'
import { ask, Problem } from './api.ts'
import { session } from './session.ts'
import type { Change } from './shapes.ts'

type Said = { readonly kind: 'hint' | 'error'; readonly text: string }

const saidOf = (error: unknown): Said => ({
  kind: 'error',
  text: error instanceof Problem ? error.message : 'Something went wrong in this page.',
})

type Props = { readonly change: Change; readonly etag: string; readonly onDone: () => void }

/** Does one thing at a time, and says how it came out: a second click meanwhile is none. */
export const useDoing = (onDone: () => void) => {
  const [busy, setBusy] = useState(false)
  const [said, setSaid] = useState<Said | null>(null)
  const act = async (what: () => Promise<unknown>, done: string) => {
    setBusy(true)
    try {
      await what()
      setSaid({ kind: 'hint', text: done })
    } catch (error) {
      setSaid(saidOf(error))
    }
    setBusy(false)
    onDone()
  }
  return { busy, act, status: said ? <Outcome said={said} /> : null }
}

const Outcome = ({ said }: { readonly said: Said }) => (
  <p class={said.kind} role="status">
    {said.text}
  </p>
)

/** What can be signed off by name: some of it policy asks for where a yes alone does not do. */
const signableOf = ({ findings = [] }: Change): readonly string[] =>
  [...new Set(findings.filter(({ severity }) => severity === 'review').map(({ code }) => code))].sort()

const SignOff = ({ codes, onToggle }: { readonly codes: readonly string[]; readonly onToggle: (code: string, is: boolean) => void }) =>
  codes.length === 0 ? null : (
    <fieldset>
      <legend>Sign off by name, where it is asked for</legend>
      {codes.map(code => (
        <label key={code}>
          <input type="checkbox" onChange={event => onToggle(code, event.currentTarget.checked)} /> {code}
        </label>
      ))}
    </fieldset>
  )

/** Approve, reject, ask for changes, comment, withdraw; a decision is bound to the digest that stands on this page. */
const Approval = ({ change, onDone }: Props) => {
  const [comment, setComment] = useState('')
  const [signed, setSigned] = useState<ReadonlySet<string>>(new Set())
  const { busy, act, status } = useDoing(onDone)
  const say = (body: object, done: string) => void act(() => ask('approve-change', { parameters: { change: change.id }, body }), done)
  const toggle = (code: string, is: boolean) => setSigned(new Set([...signed, code].filter(other => is || other !== code)))
  const shown = { digest: change.digest, ...(change.view === null ? {} : { seen: change.view }) }
  const me = session.value?.id
  if (me === change.proposer) return <p class="hint">You proposed this change, so others decide about it.</p>
  return (
    <div>
      <label>
        Comment or reason <input value={comment} maxLength={2000} onInput={event => setComment(event.currentTarget.value)} />
      </label>
      <SignOff codes={signableOf(change)} onToggle={toggle} />
      <div class="control">
        <button
          type="button"
          class="good"
          disabled={busy}
          onClick={() => say({ decision: 'approve', ...shown, comment, signOff: [...signed] }, 'Approved.')}
        >
          Approve
        </button>
        <button
          type="button"
          class="bad"
          disabled={busy}
          onClick={() => say({ decision: 'reject', ...shown, reason: comment }, 'Rejected.')}
        >
          Reject
        </button>
        <button
          type="button"
          disabled={busy}
          onClick={() => say({ decision: 'request-changes', ...shown, reason: comment }, 'Asked for changes.')}
        >
          Ask for changes
        </button>
        {change.breakGlass && !change.confirmation ? (
          <button type="button" class="bad" disabled={busy} onClick={() => say({ decision: 'confirm', ...shown }, 'Confirmed.')}>
            Confirm the emergency
          </button>
        ) : null}
        <button type="button" disabled={busy} onClick={() => say({ decision: 'comment', comment }, 'Said.')}>
          Only comment
        </button>
        {[...change.approvals, ...change.changesRequested].some(({ by }) => by === me) ? (
          <button type="button" disabled={busy} onClick={() => say({ decision: 'withdraw', reason: comment }, 'Withdrawn.')}>
            {change.approvals.some(({ by }) => by === me) ? 'Withdraw my approval' : 'Withdraw my request'}
          </button>
        ) : null}
      </div>
      {status}
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
  const [sure, setSure] = useState(false)
  const { busy, act, status } = useDoing(onDone)
  const command = (name: string) => {
    if (name === 'abort' && !sure) return setSure(true)
    setSure(false)
    const body = { command: name, reason: `${labelOf(name)} in the console` }
    void act(() => ask('control-change', { parameters: { change: change.id }, body, etag }), `${labelOf(name)}: done.`)
  }
  return (
    <div class="control">
      {(COMMANDS[change.status] ?? []).map(name => (
        <button key={name} type="button" class={name === 'abort' ? 'bad' : ''} disabled={busy} onClick={() => command(name)}>
          {name === 'abort' && sure ? 'Really abort? It cannot be resumed' : labelOf(name)}
        </button>
      ))}
      {status}
    </div>
  )
}

export const Decide = (props: Props) => (
  <section class="decide">
    {props.change.status === 'in-review' ? <Approval {...props} /> : null}
    <Control {...props} />
  </section>
)
