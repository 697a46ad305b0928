import { render } from 'preact'
import { useEffect, useErrorBoundary, useState } from 'preact/hooks'
import { ChangePage } from './change.tsx'
import { Changes } from './changes.tsx'
import { HoldBanner } from './holds.tsx'
import { LineagePage } from './lineage.tsx'
import { codeFromUrl, Login } from './login.tsx'
import { ReceiverPage, Receivers } from './receivers.tsx'
import { session } from './session.ts'
import type { Listing, Patch } from './shapes.ts'
import { useAsked } from './use-asked.ts'

const useHash = (): string => {
  const [hash, setHash] = useState(location.hash)
  useEffect(() => {
    const changed = () => setHash(location.hash)
    addEventListener('hashchange', changed)
    return () => removeEventListener('hashchange', changed)
  }, [])
  return hash
}

const useSession = () => {
  const [current, setCurrent] = useState(session.value)
  useEffect(() => session.subscribe(() => setCurrent(session.value)), [])
  return current
}

const Page = () => {
  const hash = useHash()
  const patches = useAsked<Listing<Patch>>('list-patches', { query: { limit: '100' }, everySeconds: 30 })
  const names = new Map(
    patches.state === 'there' ? patches.body.items.map(({ digest, name, version }) => [digest, `${name} (${version})`]) : [],
  )
  return (
    <>
      <HoldBanner names={names} />
      <Room hash={hash} names={names} />
    </>
  )
}

const Room = ({ hash, names }: { readonly hash: string; readonly names: ReadonlyMap<string, string> }) => {
  const [, room, id] = /^#\/(\w+)\/([\w-]+)$/.exec(hash) ?? []
  if (room === 'changes' && id) return <ChangePage key={id} id={id} names={names} />
  if (room === 'lineage' && id) return <LineagePage key={id} digest={id} names={names} />
  if (room === 'receivers' && id) return <ReceiverPage key={id} id={id} />
  if (hash === '#/receivers') return <Receivers />
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
  return (
    <>
      <header>
        <a href="#/">Supersede</a>
        {current ? (
          <span class="who">
            <a href="#/receivers">Who is told</a>
            {current.name}
            <button type="button" onClick={() => session.set(null)}>
              Log out
            </button>
          </span>
        ) : null}
      </header>
      <main>{current && !codeFromUrl() ? <Page /> : <Login />}</main>
    </>
  )
}

const root = document.getElementById('app')
if (root) render(<App />, root)
