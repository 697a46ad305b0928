/** An answer on its way out of the local runtime. */
export type HttpAnswer = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer | string
  readonly cookies?: readonly string[]
}

/**
 * What the gateway itself answers, as a problem document (RFC 9457).
 * The service answers the same statuses with `{"message": …}`, which cannot be configured for an HTTP API; here a person reads it, so it says what to do.
 */
export const problem = (
  status: number,
  code: string,
  title: string,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer => ({
  status,
  headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...headers },
  body: JSON.stringify({ type: `https://supersede.dev/problems/${code}`, title, status, detail, code }),
})
