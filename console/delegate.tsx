import { useState } from 'preact/hooks'
import { ask } from './api.ts'
import { Field, instantOf, minuteOf, TimeField } from './fields.tsx'
import { session } from './session.ts'
import type { Change } from './shapes.ts'
import { useDoing } from './use-doing.tsx'

/** Lets somebody else decide with one's groups until a time, or takes that back. */
export const Delegate = ({ change, onDone }: { readonly change: Change; readonly onDone: () => void }) => {
  const [to, setTo] = useState('')
  const [until, setUntil] = useState(change.decideBefore === null ? '' : minuteOf(change.decideBefore))
  const { busy, act, status } = useDoing(onDone)
  const mine = change.delegations.find(({ from, endedAt }) => from === session.value?.id && endedAt === null)
  const say = (body: object, done: string) => act(() => ask('approve-change', { parameters: { change: change.id }, body }), done)
  const end = instantOf(until)
  return (
    <details>
      <summary>Let somebody else decide</summary>
      {mine ? (
        <div class="control">
          <p>{mine.to} decides with your groups.</p>
          <button type="button" disabled={busy} onClick={() => void say({ decision: 'revoke-delegation' }, 'Taken back.')}>
            Take it back
          </button>
        </div>
      ) : (
        <div class="control">
          <Field label="Who decides instead (id)" value={to} maxLength={128} onValue={setTo} />
          <TimeField label="Until" value={until} onValue={setUntil} />
          <button
            type="button"
            disabled={busy || to.trim() === '' || end === null}
            onClick={() => void say({ decision: 'delegate', to: to.trim(), until: end }, 'Delegated.')}
          >
            Delegate
          </button>
        </div>
      )}
      {status}
    </details>
  )
}
