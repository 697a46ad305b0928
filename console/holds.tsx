import { useState } from 'preact/hooks'
import { ask } from './api.ts'
import { Choice, Field, inHours, instantOf, type Option, TimeField } from './fields.tsx'
import { Loaded, plural, shortDigest, Time } from './parts.tsx'
import type { Fleet, Freeze, Hold, Holds, HoldWithHosts, Listing, Patch } from './shapes.ts'
import { type Asked, useAsked } from './use-asked.ts'
import { useDoing } from './use-doing.tsx'

type Names = ReadonlyMap<string, string>

const nameOf = ({ scope, target }: Hold, names: Names): string => {
  if (target === null) return 'Everything'
  return scope === 'livepatch'
    ? `Livepatch ${names.get(target) ?? shortDigest(target)}`
    : `${scope === 'fleet' ? 'Fleet' : 'Series'} ${target}`
}

/** What is held, by whom, until when and why. */
const HoldText = ({ hold, names }: { readonly hold: Hold; readonly names: Names }) => (
  <>
    <strong>{nameOf(hold, names)}</strong> held by {hold.owner.name} until <Time at={hold.expiresAt} />: {hold.reason}
  </>
)

/** The holds on one thing, where it is shown. */
export const HoldsOn = ({ holds, names }: { readonly holds: readonly Hold[]; readonly names: Names }) => (
  <>
    {holds.map(hold => (
      <p key={hold.id} class="error" role="alert">
        <HoldText hold={hold} names={names} />
      </p>
    ))}
  </>
)

type ActProps = { readonly hold: Hold; readonly onDone: () => void }

/** Lifting wants a reason, so the first click asks for it. */
const Lift = ({ hold, onDone }: ActProps) => {
  const [reason, setReason] = useState<string | null>(null)
  const { busy, act, status } = useDoing(onDone)
  const lift = () => ask('lift-hold', { parameters: { hold: hold.id }, body: { reason: reason ?? '' } })
  if (reason === null)
    return (
      <button type="button" onClick={() => setReason('')}>
        Lift
      </button>
    )
  return (
    <span class="control">
      <Field label="Why it is lifted" value={reason} onValue={setReason} />
      <button type="button" disabled={busy || reason.trim() === ''} onClick={() => void act(lift, 'Lifted.')}>
        Lift the hold
      </button>
      {status}
    </span>
  )
}

/** Letting a hold last longer. */
const Extend = ({ hold, onDone }: ActProps) => {
  const [reason, setReason] = useState<string | null>(null)
  const [until, setUntil] = useState(inHours(24))
  const { busy, act, status } = useDoing(onDone)
  const expiresAt = instantOf(until)
  const extend = async () => {
    const body = { reason, expiresAt }
    if (await act(() => ask('extend-hold', { parameters: { hold: hold.id }, body }), 'Extended.')) setReason(null)
  }
  if (reason === null)
    return (
      <>
        <button type="button" onClick={() => setReason('')}>
          Extend
        </button>
        {status}
      </>
    )
  return (
    <span class="control">
      <Field label="Why it lasts longer" value={reason} onValue={setReason} />
      <TimeField label="It then ends" value={until} onValue={setUntil} />
      <button type="button" disabled={busy || reason.trim() === '' || expiresAt === null} onClick={() => void extend()}>
        Extend the hold
      </button>
      {status}
    </span>
  )
}

/** Of whom, until when and why nothing is released. */
export const FreezeText = ({ freeze: { fleets, text } }: { readonly freeze: Freeze }) => (
  <>
    <strong>{fleets === null ? 'Every fleet' : fleets.join(', ')}</strong> frozen: {text}
  </>
)

/** Stands above every page while something is held or frozen. */
export const HoldBanner = ({
  asked,
  names,
  onDone,
}: {
  readonly asked: Asked<Holds>
  readonly names: Names
  readonly onDone: () => void
}) => {
  if (asked.state !== 'there') return null
  const { items, freezes = [] } = asked.body
  if (items.length === 0 && freezes.length === 0) return null
  return (
    <aside class="holds" aria-label="Holds">
      <ul>
        {freezes.map(freeze => (
          <li key={freeze.name}>
            <FreezeText freeze={freeze} />
          </li>
        ))}
        {items.map(hold => (
          <li key={hold.id}>
            <HoldText hold={hold} names={names} /> <Lift hold={hold} onDone={onDone} />
          </li>
        ))}
      </ul>
    </aside>
  )
}

const SCOPES = ['livepatch', 'series', 'fleet', 'everything'] as const
type Scope = (typeof SCOPES)[number]

/** What there is to be held, so that nobody has to know a digest by heart. */
const useChoices = (): Readonly<Record<Scope, readonly Option[]>> => {
  const patches = useAsked<Listing<Patch>>('list-patches', { query: { limit: '100' } })
  const fleets = useAsked<Listing<Fleet>>('list-fleets', { query: { limit: '100' } })
  const known = patches.state === 'there' ? patches.body.items : []
  return {
    livepatch: known.map(({ digest, name, version }) => [digest, `${name} (${version})`]),
    series: [...new Set(known.map(({ series }) => series))].map(series => [series, series]),
    fleet: fleets.state === 'there' ? fleets.body.items.map(({ id }) => [id, id]) : [],
    everything: [],
  }
}

/** Holds something from now on, until a time. */
const PlaceHold = ({ onDone }: { readonly onDone: () => void }) => {
  const choices = useChoices()
  const [scope, setScope] = useState<Scope>('livepatch')
  const [target, setTarget] = useState('')
  const [reason, setReason] = useState('')
  const [until, setUntil] = useState(inHours(24))
  const { busy, act, status } = useDoing(onDone)
  const expiresAt = instantOf(until)
  const isWhole = reason.trim() !== '' && expiresAt !== null && (scope === 'everything' || target !== '')
  const choose = (chosen: string) => {
    setScope(SCOPES.find(known => known === chosen) ?? 'livepatch')
    setTarget('')
  }
  const place = async () => {
    const body = { scope, ...(scope === 'everything' ? {} : { target }), reason, expiresAt }
    if (await act(() => ask('place-hold', { body }), 'Held: nothing of it begins any more, and what was under way is halted.'))
      setReason('')
  }
  return (
    <section class="decide">
      <h2>Hold something</h2>
      <p class="hint">Nothing that is held is released, no wave of it opens, and what is under way is halted until somebody resumes it.</p>
      <div class="control">
        <Choice label="What" value={scope} choices={SCOPES} onValue={choose} />
        {scope === 'everything' ? null : (
          <Choice
            label={scope === 'livepatch' ? 'Which livepatch' : `Which ${scope}`}
            value={target}
            choices={[['', 'choose…'], ...choices[scope]]}
            onValue={setTarget}
          />
        )}
        <TimeField label="Until" value={until} onValue={setUntil} />
        <Field label="Why, for whoever meets it" value={reason} onValue={setReason} />
        <button type="button" class="bad" disabled={busy || !isWhole} onClick={() => void place()}>
          Hold it
        </button>
      </div>
      {status}
    </section>
  )
}

const movingText = ({ inTransition }: HoldWithHosts): string =>
  inTransition ? `; ${plural(inTransition, 'host')} in a transition all the same, which ends before they stop` : ''

/** What is held, and holding something. */
export const HoldsPage = ({ names, onDone }: { readonly names: Names; readonly onDone: () => void }) => {
  const [version, setVersion] = useState(0)
  const asked = useAsked<Listing<HoldWithHosts>>('list-holds', { query: { transitions: 'true' }, everySeconds: 5, version })
  const done = () => {
    setVersion(before => before + 1)
    onDone()
  }
  return (
    <section>
      <h1>Holds</h1>
      <Loaded asked={asked}>
        {({ items }) =>
          items.length === 0 ? (
            <p>Nothing is held.</p>
          ) : (
            <ul class="list">
              {items.map(hold => (
                <li key={hold.id}>
                  <HoldText hold={hold} names={names} />
                  {movingText(hold)} <Extend hold={hold} onDone={done} />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      <PlaceHold onDone={done} />
    </section>
  )
}
