import { render } from 'preact'
import { useEffect, useErrorBoundary, useState } from 'preact/hooks'
import { ChangePage } from './change.tsx'
import { Changes } from './changes.tsx'
import { FleetPage, FleetsPage } from './fleets.tsx'
import { HoldBanner, HoldsPage } from './holds.tsx'
import { HostPage } from './host.tsx'
import { LineagePage } from './lineage.tsx'
import { codeFromUrl, Login } from './login.tsx'
import { PoliciesPage } from './policies.tsx'
import { PolicyEditPage } from './policy-edit.tsx'
import { ReceiverPage, Receivers } from './receivers.tsx'
import { session } from './session.ts'
import type { Holds, Listing, Patch } from './shapes.ts'
import { useStop } from './stop.tsx'
import { useAsked } from './use-asked.ts'

const LIVE_SECONDS = 5
const PATCHES_SECONDS = 30

const useHash = (): string => {
  const [hash, setHash] = useState(location.hash)
  useEffect(() => {
    const changed = () => setHash(location.hash)
    addEventListener('hashchange', changed)
    // It may have changed after it was read and before anybody listened.
    changed()
    return () => removeEventListener('hashchange', changed)
  }, [])
  return hash
}

const useSession = () => {
  const [current, setCurrent] = useState(session.value)
  useEffect(() => session.subscribe(() => setCurrent(session.value)), [])
  return current
}

const LINKS: readonly (readonly [hash: string, name: string])[] = [
  ['#/', 'Changes'],
  ['#/fleets', 'Fleets'],
  ['#/holds', 'Holds'],
  ['#/policies', 'Policies'],
  ['#/receivers', 'Who is told'],
]

const Header = ({ name, hash, stop }: { readonly name: string; readonly hash: string; readonly stop: preact.JSX.Element | null }) => (
  <header>
    <a href="#/">Supersede</a>
    <nav aria-label="Rooms">
      {LINKS.map(([to, label]) => (
        <a key={to} href={to} {...(hash === to ? { 'aria-current': 'page' as const } : {})}>
          {label}
        </a>
      ))}
    </nav>
    <span class="who">
      {stop}
      {name}
      <button type="button" onClick={() => session.set(null)}>
        Log out
      </button>
    </span>
  </header>
)

/** Every page, for somebody who is logged in: what is held, and the way to stop everything, stand above all of them. */
const Inside = ({ name }: { readonly name: string }) => {
  const hash = useHash()
  const [version, setVersion] = useState(0)
  const moved = () => setVersion(before => before + 1)
  const holds = useAsked<Holds>('list-holds', { everySeconds: LIVE_SECONDS, version })
  const patches = useAsked<Listing<Patch>>('list-patches', { query: { limit: '100' }, everySeconds: PATCHES_SECONDS })
  const { button, question } = useStop(moved)
  const names = new Map(
    patches.state === 'there' ? patches.body.items.map(({ digest, name: patch, version: at }) => [digest, `${patch} (${at})`]) : [],
  )
  return (
    <>
      <Header name={name} hash={hash} stop={holds.state === 'there' && holds.body.mayStop === true ? button : null} />
      <main>
        {question}
        <HoldBanner asked={holds} names={names} onDone={moved} />
        <Room hash={hash} names={names} onHeld={moved} />
      </main>
    </>
  )
}

type RoomProps = { readonly hash: string; readonly names: ReadonlyMap<string, string>; readonly onHeld: () => void }

/** Names of hosts and fleets have dots; a broken escape names nothing. */
const named = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}

const Room = ({ hash, names, onHeld }: RoomProps) => {
  const [, room, given = ''] = /^#\/(\w+)(?:\/([^/?#]+))?$/.exec(hash) ?? []
  const id = named(given)
  if (room === 'changes' && id) return <ChangePage key={id} id={id} names={names} />
  if (room === 'lineage' && id) return <LineagePage key={id} digest={id} names={names} />
  if (room === 'fleets') return id ? <FleetPage key={id} id={id} names={names} /> : <FleetsPage />
  if (room === 'hosts' && id) return <HostPage key={id} id={id} names={names} />
  if (room === 'policies') return <PoliciesPage />
  if (room === 'edits' && id) return <PolicyEditPage key={id} id={id} />
  if (room === 'receivers') return id ? <ReceiverPage key={id} id={id} /> : <Receivers />
  if (room === 'holds') return <HoldsPage names={names} onDone={onHeld} />
  return <Changes names={names} />
}

/** A mistake of this page is said, not left behind as a page that stands still. */
const App = () => {
  const current = useSession()
  const [mistake] = useErrorBoundary()
  if (mistake)
    return (
      <main>
        <p class="error" role="alert">
          Something went wrong in this page: {String(mistake)}. Reload it; the supersede command shows everything that it shows.
        </p>
      </main>
    )
  if (current && !codeFromUrl()) return <Inside name={current.name} />
  return (
    <>
      <header>
        <a href="#/">Supersede</a>
      </header>
      <main>
        <Login />
      </main>
    </>
  )
}

const root = document.getElementById('app')
if (root) render(<App />, root)
