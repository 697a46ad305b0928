/** Who is logged in. The token stays in this tab: closing it logs out. */
export type Session = { readonly token: string; readonly id: string; readonly name: string }

const KEY = 'supersede.session'
const listeners = new Set<() => void>()

/** The subject and name that a token carries; it is the service that checks it. */
export const sessionOf = (token: string): Session | null => {
  try {
    const bytes = Uint8Array.from(atob((token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/')), byte => byte.charCodeAt(0))
    const payload = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>
    const id = String(payload['sub'])
    return { token, id, name: typeof payload['name'] === 'string' ? payload['name'] : id }
  } catch {
    return null
  }
}

const read = (): Session | null => {
  const kept = sessionStorage.getItem(KEY)
  return kept === null ? null : sessionOf(kept)
}

let current = read()

export const session = {
  get value(): Session | null {
    return current
  },
  set(next: Session | null): void {
    current = next
    if (next) sessionStorage.setItem(KEY, next.token)
    else sessionStorage.removeItem(KEY)
    for (const listener of listeners) listener()
  },
  subscribe(listener: () => void): () => void {
    listeners.add(listener)
    return () => listeners.delete(listener)
  },
}
