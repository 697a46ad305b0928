/** Who is logged in. The token stays in this tab: closing it logs out. */
export type Session = { readonly token: string; readonly id: string; readonly name: string }

const KEY = 'supersede.session'
const listeners = new Set<() => void>()

const read = (): Session | null => {
  const kept = sessionStorage.getItem(KEY)
  if (!kept) return null
  const { token, id, name } = JSON.parse(kept) as Record<string, unknown>
  return typeof token === 'string' && typeof id === 'string' && typeof name === 'string' ? { token, id, name } : null
}

let current = read()

export const session = {
  get value(): Session | null {
    return current
  },
  set(next: Session | null): void {
    current = next
    if (next) sessionStorage.setItem(KEY, JSON.stringify(next))
    else sessionStorage.removeItem(KEY)
    for (const listener of listeners) listener()
  },
  subscribe(listener: () => void): () => void {
    listeners.add(listener)
    return () => listeners.delete(listener)
  },
}

/** The subject and name that a token carries; it is the service that checks it. */
export const sessionOf = (token: string): Session | null => {
  try {
    const payload = JSON.parse(atob((token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/'))) as Record<string, unknown>
    const id = String(payload['sub'])
    return { token, id, name: typeof payload['name'] === 'string' ? payload['name'] : id }
  } catch {
    return null
  }
}
