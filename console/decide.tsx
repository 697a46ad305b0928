import { useState } from 'preact/hooks'
import { ask, Problem } from './api.ts'
import type { Change } from './shapes.ts'

type Said = { readonly kind: 'hint' | 'error'; readonly text: string }

const say = (error: unknown): Said => ({
  kind: 'error',
  text: error instanceof Problem ? error.message : 'Something went wrong in this page.',
})

type Props = { readonly change: Change; readonly etag: string; readonly onDone: () => void }

/** Approve or reject; the decision is bound to the digest that stands on this page. */
const Approval = ({ change, onDone }: Props) => {
  const [comment, setComment] = useState('')
  const [said, setSaid] = useState<Said | null>(null)
  const decide = async (decision: 'approve' | 'reject') => {
    try {
      const body =
        decision === 'approve' ? { decision, digest: change.digest, comment } : { decision, digest: change.digest, reason: comment }
      await ask('approve-change', { parameters: { change: change.id }, body })
      setSaid({ kind: 'hint', text: decision === 'approve' ? 'Approved.' : 'Rejected.' })
    } catch (error) {
      setSaid(say(error))
    }
    onDone()
  }
  return (
    <div class="decide">
      <label>
        Comment or reason <input value={comment} maxLength={2000} onInput={event => setComment(event.currentTarget.value)} />
      </label>{' '}
      <button type="button" class="good" onClick={() => void decide('approve')}>
        Approve
      </button>{' '}
      <button type="button" class="bad" onClick={() => void decide('reject')}>
        Reject
      </button>
      {said ? (
        <p class={said.kind} role="status">
          {said.text}
        </p>
      ) : null}
    </div>
  )
}

const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  'in-review': ['abort'],
  released: ['pause', 'abort'],
  rolling: ['pause', 'abort'],
  halted: ['resume', 'abort'],
}

/** Pause, resume, abort: whichever the status allows. */
const Control = ({ change, etag, onDone }: Props) => {
  const [said, setSaid] = useState<Said | null>(null)
  const command = async (name: string) => {
    try {
      await ask('control-change', { parameters: { change: change.id }, body: { command: name, reason: `${name} in the console` }, etag })
      setSaid(null)
    } catch (error) {
      setSaid(say(error))
    }
    onDone()
  }
  return (
    <p>
      {(COMMANDS[change.status] ?? []).map(name => (
        <button key={name} type="button" onClick={() => void command(name)}>
          {name}
        </button>
      ))}
      {said ? (
        <span class={said.kind} role="status">
          {' '}
          {said.text}
        </span>
      ) : null}
    </p>
  )
}

export const Decide = (props: Props) => (
  <>
    {props.change.status === 'in-review' ? <Approval {...props} /> : null}
    <Control {...props} />
  </>
)
