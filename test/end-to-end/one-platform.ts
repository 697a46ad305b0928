import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PEOPLE, type PersonName } from '../../demo/people.ts'
import { openPlatform, type Platform } from '../../local/index.ts'
import { type OperationId, operation, pathOf } from '../../shared/operations/index.ts'
import { readAssembly } from '../infra/assembly.ts'

export type Answered = {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly body: Readonly<Record<string, unknown>>
}

export type Ask = {
  /** Whose token goes with the request; a text is a token itself. */
  readonly as?: PersonName | { readonly token: string }
  readonly path?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
  readonly body?: unknown
  /** The body as it stands, instead of a value. */
  readonly text?: string
  /** Undefined takes a header away that would be sent otherwise. */
  readonly headers?: Readonly<Record<string, string | undefined>>
}

export type OnePlatform = {
  readonly url: string
  /** The data directory. */
  readonly data: string
  readonly issuer: Platform['issuer']
  readonly events: Platform['events']
  readonly log: readonly string[]
  readonly send: (method: string, path: string, ask?: Omit<Ask, 'path'>) => Promise<Answered>
  readonly ask: (id: OperationId, ask?: Ask) => Promise<Answered>
  readonly close: () => Promise<void>
}

const parsed = (text: string): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

const given = (headers: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined))

/** The synthesized stack on this machine, with an empty data directory, asked through real HTTP. */
export const openOnePlatform = async (): Promise<OnePlatform> => {
  const { assembly } = await readAssembly()
  const data = mkdtempSync(join(tmpdir(), 'supersede-platform-'))
  const log: string[] = []
  const { url, issuer, events, close } = await openPlatform({
    assembly,
    stack: 'Supersede',
    data,
    port: 0,
    people: PEOPLE,
    now: Date.now,
    log: line => log.push(line),
  })

  const tokenOf = async (as: Ask['as']): Promise<string | undefined> => {
    if (as === undefined || typeof as === 'object') return as?.token
    const person = PEOPLE.find(({ id }) => id === as)
    return person && issuer.token(person)
  }

  const send: OnePlatform['send'] = async (method, path, { as, query, body, text, headers = {} } = {}) => {
    const token = await tokenOf(as)
    const sent = text ?? (body === undefined ? undefined : JSON.stringify(body))
    const response = await fetch(`${url}${path}${query ? `?${new URLSearchParams(query)}` : ''}`, {
      method,
      headers: given({
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(sent === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      }),
      ...(sent === undefined ? {} : { body: sent }),
    })
    const answer = await response.text()
    return { status: response.status, headers: response.headers, text: answer, body: parsed(answer) }
  }

  return {
    url,
    data,
    issuer,
    events,
    log,
    send,
    ask: (id, { path = {}, headers = {}, ...ask } = {}) => {
      const { method, idempotent } = operation(id)
      const key = idempotent ? { 'idempotency-key': crypto.randomUUID() } : {}
      return send(method, pathOf(id, path), { ...ask, headers: { ...key, ...headers } })
    },
    close: async () => {
      await close()
      rmSync(data, { recursive: true, force: true })
    },
  }
}

/** Asks again until the answer is what is waited for; Jest's own limit ends it. */
export const until = async <T>(ask: () => Promise<T>, is: (value: T) => boolean): Promise<T> => {
  let value = await ask()
  while (!is(value)) {
    await new Promise(resolve => setTimeout(resolve, 50))
    value = await ask()
  }
  return value
}
