import type { Problem } from './problem.ts'

/** What an operation says when it did what it was asked to. `body` is JSON. */
export type Answer = {
  readonly status: 200 | 201 | 304
  readonly body: unknown
  readonly headers: Readonly<Record<string, string>>
  /** What a repetition is told in place of `body`, where that must not be stored. */
  readonly remembered?: unknown
}
export type Outcome = Answer | Problem

export const ok = (body: unknown, headers: Readonly<Record<string, string>> = {}): Answer => ({ status: 200, body, headers })

export const created = (location: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status: 201,
  body,
  headers: { ...headers, location },
})

/** The asker has the newest (RFC 9110, section 15.4.5): no body. */
export const notModified = (etag: string): Answer => ({ status: 304, body: null, headers: { etag } })

/** An answer with secrets in it, which are told once and stored nowhere. */
export const secretly = (body: unknown, remembered: unknown, status: 200 | 201 = 201): Answer => ({ status, body, headers: {}, remembered })

/** The version of a change as an entity tag (RFC 9110, section 8.8.3). */
export const etagOf = (version: number): string => `"${version}"`
