import { useState } from 'preact/hooks'
import { ask, Problem } from './api.ts'
import { session } from './session.ts'
import type { Change } from './shapes.ts'

type Said = { readonly kind: 'hint' | 'error'; readonly text: string }

const say = (error: unknown): Said => ({
  kind: 'error',
  text: error instanceof Problem ? error.message : 'Something went wrong in this page.',
})

type Props = { readonly change: Change; readonly etag: string; readonly onDone: () => void }

/** Does one thing at a time, and says how it came out: a second click meanwhile is none. */
const useDoing = (onDone: () => void) => {
  const [busy, setBusy] = useState(false)
  const [said, setSaid] = useState<Said | null>(null)
  const act = async (what: () => Promise<unknown>, done: string) => {
    setBusy(true)
    try {
      await what()
      setSaid({ kind: 'hint', text: done })
    } catch (error) {
      setSaid(say(error))
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

/** Approve or reject; the decision is bound to the digest that stands on this page. */
const Approval = ({ change, onDone }: Props) => {
  const [comment, setComment] = useState('')
  const { busy, act, status } = useDoing(onDone)
  const decide = (body: object, done: string) =>
    act(() => ask('approve-change', { parameters: { change: change.id }, body: { digest: change.digest, ...body } }), done)
  if (session.value?.id === change.proposer) return <p class="hint">You proposed this change, so others decide about it.</p>
  return (
    <div>
      <label>
        Comment or reason <input value={comment} maxLength={2000} onInput={event => setComment(event.currentTarget.value)} />
      </label>{' '}
      <button type="button" class="good" disabled={busy} onClick={() => void decide({ decision: 'approve', comment }, 'Approved.')}>
        Approve
      </button>{' '}
      <button type="button" class="bad" disabled={busy} onClick={() => void decide({ decision: 'reject', reason: comment }, 'Rejected.')}>
        Reject
      </button>
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
