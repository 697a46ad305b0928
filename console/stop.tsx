import { useState } from 'preact/hooks'
import { ask } from './api.ts'
import { Field, inHours, instantOf, TimeField } from './fields.tsx'
import { useDoing } from './use-doing.tsx'

type Props = { readonly onStopped: () => void; readonly onClose: () => void }

/** The second question: why, until when, and really. */
const Ask = ({ onStopped, onClose }: Props) => {
  const [reason, setReason] = useState('')
  const [until, setUntil] = useState(inHours(24))
  const { busy, act, status } = useDoing(onStopped)
  const expiresAt = instantOf(until)
  const stop = async () => {
    if (await act(() => ask('place-hold', { body: { scope: 'everything', reason, expiresAt } }), 'Everything is stopped.')) onClose()
  }
  return (
    <section class="holds" aria-label="Stop everything">
      <p>
        Every change on every fleet is halted at once, and every host is told by a signed order. Nothing that is halted goes on by itself
        afterwards.
      </p>
      <div class="control">
        <Field label="Why everything is stopped" value={reason} onValue={setReason} />
        <TimeField label="Until" value={until} onValue={setUntil} />
        <button type="button" class="bad sure" disabled={busy || reason.trim() === '' || expiresAt === null} onClick={() => void stop()}>
          Really stop everything
        </button>
        <button type="button" onClick={onClose}>
          No
        </button>
      </div>
      {status}
    </section>
  )
}

/** Stop everything: one button on every page for those who may, asked for twice. */
export const useStop = (onStopped: () => void) => {
  const [open, setOpen] = useState(false)
  return {
    button: (
      <button type="button" class="bad" aria-expanded={open} onClick={() => setOpen(!open)}>
        Stop everything
      </button>
    ),
    question: open ? <Ask onStopped={onStopped} onClose={() => setOpen(false)} /> : null,
  }
}
