import { useState } from 'preact/hooks'
import { Problem } from './api.ts'

type Said = { readonly kind: 'hint' | 'error'; readonly text: string }

const saidOf = (error: unknown): Said => ({
  kind: 'error',
  text: error instanceof Problem ? error.message : 'Something went wrong in this page.',
})

const Outcome = ({ said }: { readonly said: Said }) => (
  <p class={said.kind} role="status">
    {said.text}
  </p>
)

/** Does one thing at a time, and says how it came out: a second click meanwhile is none. `act` tells whether it was done. */
export const useDoing = (onDone: () => void) => {
  const [busy, setBusy] = useState(false)
  const [said, setSaid] = useState<Said | null>(null)
  const act = async (what: () => Promise<unknown>, done: string): Promise<boolean> => {
    setBusy(true)
    const outcome = await what().then(
      (): Said => ({ kind: 'hint', text: done }),
      (error: unknown) => saidOf(error),
    )
    setSaid(outcome)
    setBusy(false)
    onDone()
    return outcome.kind === 'hint'
  }
  return { busy, act, status: said ? <Outcome said={said} /> : null }
}
