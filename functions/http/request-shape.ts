import * as z from 'zod'
import type { Exchange } from './exchange.ts'
import { type Problem, problem, Refusal } from './problem.ts'

/** What an operation takes: the one schema of each part, from which validation and the OpenAPI document are derived. */
export type RequestShape<P, Q, B> = {
  readonly path: z.ZodType<P>
  readonly query: z.ZodType<Q>
  /** `noBody` where the operation has none. */
  readonly body: z.ZodType<B>
  /** Bytes of the body; 64 KB where nothing is said. */
  readonly bytesMax?: number
}
export type Input<P, Q, B> = { readonly path: P; readonly query: Q; readonly body: B }
export type InputOf<S> = S extends RequestShape<infer P, infer Q, infer B> ? Input<P, Q, B> : never

/** For operations without parameters. */
export const nothing = z.object({})
export const noBody = z.null()

/** Listing parameters, the same everywhere. */
export const paging = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(25),
  cursor: z.string().min(1).max(2_048).optional(),
})

type Part = 'path' | 'query' | 'body'
type Issue = { readonly in: Part; readonly at: string; readonly message: string }
type Parsed = { readonly error?: { readonly issues: readonly z.core.$ZodIssue[] } | undefined }

const ISSUES_MAX = 20

const issuesOf = (part: Part, { error }: Parsed): readonly Issue[] =>
  (error?.issues ?? []).map(({ path, message }) => ({ in: part, at: path.map(String).join('.'), message }))

const describe = ({ in: part, at, message }: Issue): string => `${part}${at === '' ? '' : `.${at}`}: ${message}`

const invalidInput = (issues: readonly Issue[]): Problem =>
  problem('invalid-input', `Correct this and send it again: ${issues.slice(0, 3).map(describe).join('; ')}.`, {
    errors: issues.slice(0, ISSUES_MAX),
  })

/** Path, query and body as the shape's schemas accept them; throws a Refusal that names what is wrong with each. */
export const readInput = <P, Q, B>(shape: RequestShape<P, Q, B>, { event }: Exchange, json: unknown): Input<P, Q, B> => {
  const path = shape.path.safeParse({ ...(event.pathParameters ?? {}) })
  const query = shape.query.safeParse({ ...(event.queryStringParameters ?? {}) })
  const body = shape.body.safeParse(json)
  if (path.success && query.success && body.success) return { path: path.data, query: query.data, body: body.data }
  throw new Refusal(invalidInput([...issuesOf('path', path), ...issuesOf('query', query), ...issuesOf('body', body)]))
}
