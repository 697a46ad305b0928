import { useState } from 'preact/hooks'
import { ask, Problem } from './api.ts'
import { shortDigest, Time } from './parts.tsx'
import type { Hold, Listing } from './shapes.ts'
import { useAsked } from './use-asked.ts'

const LIVE_SECONDS = 5

const nameOf = ({ scope, target }: Hold, names: ReadonlyMap<string, string>): string => {
  if (target === null) return 'Everything'
  return scope === 'livepatch'
    ? `Livepatch ${names.get(target) ?? shortDigest(target)}`
    : `${scope === 'fleet' ? 'Fleet' : 'Series'} ${target}`
}

/** What is held, by whom, until when and why. */
const HoldText = ({ hold, names }: { readonly hold: Hold; readonly names: ReadonlyMap<string, string> }) => (
  <>
    <strong>{nameOf(hold, names)}</strong> held by {hold.owner.name} until <Time at={hold.expiresAt} />: {hold.reason}
  </>
)

/** The holds on one thing, where it is shown. */
export const HoldsOn = ({ holds, names }: { readonly holds: readonly Hold[]; readonly names: ReadonlyMap<string, string> }) => (
  <>
    {holds.map(hold => (
      <p key={hold.id} class="error" role="alert">
        <HoldText hold={hold} names={names} />
      </p>
    ))}
  </>
)

type LiftProps = { readonly hold: Hold; readonly onDone: () => void }

/** Lifting wants a reason, so the first click asks for it. */
const Lift = ({ hold, onDone }: LiftProps) => {
  const [reason, setReason] = useState<string | null>(null)
  const [problem, setProblem] = useState('')
  const lift = async () => {
    try {
      await ask('lift-hold', { parameters: { hold: hold.id }, body: { reason: reason ?? '' } })
      onDone()
    } catch (error) {
      setProblem(error instanceof Problem ? error.message : 'Something went wrong in this page.')
    }
  }
  if (reason === null)
    return (
      <button type="button" onClick={() => setReason('')}>
        Lift
      </button>
    )
  return (
    <span>
      <label>
        Why it is lifted <input value={reason} maxLength={500} onInput={event => setReason(event.currentTarget.value)} />
      </label>
      <button type="button" disabled={reason.trim() === ''} onClick={() => void lift()}>
        Lift the hold
      </button>
      {problem === '' ? null : <span role="status"> {problem}</span>}
    </span>
  )
}

/** Stands above every page while something is held. */
export const HoldBanner = ({ names }: { readonly names: ReadonlyMap<string, string> }) => {
  const [version, setVersion] = useState(0)
  const asked = useAsked<Listing<Hold>>('list-holds', { everySeconds: LIVE_SECONDS, version })
  if (asked.state !== 'there' || asked.body.items.length === 0) return null
  return (
    <aside class="holds" aria-label="Holds">
      <ul>
        {asked.body.items.map(hold => (
          <li key={hold.id}>
            <HoldText hold={hold} names={names} /> <Lift hold={hold} onDone={() => setVersion(before => before + 1)} />
          </li>
        ))}
      </ul>
    </aside>
  )
}
