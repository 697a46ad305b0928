import { useEffect, useState } from 'preact/hooks'
import { session, sessionOf } from './session.ts'

type Person = { readonly id: string; readonly name: string; readonly groups: readonly string[] }

/** The code that `npm start` puts behind the URL's #, where it is never sent to a server. */
export const codeFromUrl = (): string | null => /(?:^#|&)code=([\w-]+)/.exec(location.hash)?.[1] ?? null

const KEPT_CODE = 'supersede.code'
const rememberCode = (): string | null => {
  const code = codeFromUrl()
  if (code) {
    sessionStorage.setItem(KEPT_CODE, code)
    history.replaceState(null, '', `${location.pathname}#/`)
  }
  return code ?? sessionStorage.getItem(KEPT_CODE)
}

const logIn = (person: string, code: string): Promise<string | null> =>
  tokenFor(person, code).catch(() => 'The service cannot be reached. It may be restarting.')

const tokenFor = async (person: string, code: string): Promise<string | null> => {
  const response = await fetch('/issuer/token', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ person, code }),
  })
  const body = (await response.json()) as { readonly access_token?: string; readonly detail?: string }
  if (!response.ok || !body.access_token) return body.detail ?? 'That did not work.'
  session.set(sessionOf(body.access_token))
  return null
}

const People = ({ people, onError }: { readonly people: readonly Person[]; readonly onError: (message: string) => void }) => {
  const [code, setCode] = useState(rememberCode() ?? '')
  return (
    <form onSubmit={event => event.preventDefault()}>
      <p>This is one machine’s own installation. Who are you?</p>
      {codeFromUrl() || code ? null : (
        <p class="hint">Open the URL that npm start printed, or paste the code from issuer.json in the data directory.</p>
      )}
      <label>
        Code <input type="password" autocomplete="off" value={code} onInput={event => setCode(event.currentTarget.value)} />
      </label>
      <ul class="people">
        {people.map(person => (
          <li key={person.id}>
            <button type="button" onClick={() => void logIn(person.id, code).then(error => error && onError(error))}>
              {person.name}
            </button>{' '}
            <span class="hint">{person.groups.join(', ')}</span>
          </li>
        ))}
      </ul>
    </form>
  )
}

const Token = ({ onError }: { readonly onError: (message: string) => void }) => {
  const [token, setToken] = useState('')
  const enter = (event: Event) => {
    event.preventDefault()
    const found = sessionOf(token.trim())
    if (found) session.set(found)
    else onError('That is not a token: it should be three parts joined by dots.')
  }
  return (
    <form onSubmit={enter}>
      <p>Paste an access token of your organisation’s identity provider.</p>
      <label>
        Token <input type="password" autocomplete="off" value={token} onInput={event => setToken(event.currentTarget.value)} />
      </label>{' '}
      <button type="submit">Log in</button>
    </form>
  )
}

/** On one machine people are chosen from the local issuer’s list; elsewhere a token is pasted. */
export const Login = () => {
  const [people, setPeople] = useState<readonly Person[] | null>(null)
  const [error, setError] = useState('')
  useEffect(() => {
    fetch('/issuer/people')
      .then(response => (response.ok ? response.json() : { items: [] }))
      .then((body: { readonly items: readonly Person[] }) => setPeople(body.items))
      .catch(() => setPeople([]))
  }, [])
  if (!people) return <p>…</p>
  return (
    <section class="card">
      <h1>Log in</h1>
      {people.length > 0 ? <People people={people} onError={setError} /> : <Token onError={setError} />}
      {error ? (
        <p class="error" role="alert">
          {error}
        </p>
      ) : null}
    </section>
  )
}
