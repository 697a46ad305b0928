import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

export type Credentials = { readonly accessKeyId: string; readonly secretAccessKey: string }

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)

type Pair = readonly [name: string, value: string]
const byNameThenValue = ([nameA, valueA]: Pair, [nameB, valueB]: Pair): number =>
  nameA === nameB ? Number(valueA > valueB) - Number(valueA < valueB) : nameA < nameB ? -1 : 1

/** Epoch milliseconds of `YYYYMMDDTHHMMSSZ`; NaN for anything else. */
const amzDate = (text: string): number => Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))

export const isPresigned = ({ query }: { readonly query: string }): boolean => new URLSearchParams(query).has('X-Amz-Signature')

/**
 * Checks the query signature of a pre-signed URL (AWS Signature Version 4, "Authenticating Requests: Using Query Parameters").
 * Answers null if it holds, else why not.
 */
export const checkPresigned = (
  ask: { readonly method: string; readonly path: string; readonly query: string; readonly headers: Readonly<Record<string, string>> },
  credentials: Credentials,
  now: number,
): string | null => {
  const query = new URLSearchParams(ask.query)
  const [accessKeyId, day = '', region = '', service = '', terminator = ''] = (query.get('X-Amz-Credential') ?? '').split('/')
  if (accessKeyId !== credentials.accessKeyId) return 'unknown access key'
  const date = query.get('X-Amz-Date') ?? ''
  const expires = Number(query.get('X-Amz-Expires')) * 1000
  if (!(now <= amzDate(date) + expires)) return 'Request has expired'
  const given = Buffer.from(query.get('X-Amz-Signature') ?? '', 'hex')
  query.delete('X-Amz-Signature')
  const signedHeaders = (query.get('X-Amz-SignedHeaders') ?? '').split(';')
  const canonical = [
    ask.method,
    ask.path,
    [...query]
      .map(([name, value]) => [encode(name), encode(value)] as const)
      .sort(byNameThenValue)
      .map(pair => pair.join('='))
      .join('&'),
    ...signedHeaders.map(name => `${name}:${(ask.headers[name] ?? '').trim().replace(/\s+/g, ' ')}`),
    '',
    signedHeaders.join(';'),
    query.get('X-Amz-Content-Sha256') ?? 'UNSIGNED-PAYLOAD',
  ].join('\n')
  const scope = [day, region, service, terminator].join('/')
  const toSign = ['AWS4-HMAC-SHA256', date, scope, createHash('sha256').update(canonical).digest('hex')].join('\n')
  const key = [day, region, service, terminator].reduce<string | Buffer>(
    (previous, part) => hmac(previous, part),
    `AWS4${credentials.secretAccessKey}`,
  )
  const expected = hmac(key, toSign)
  return given.length === expected.length && timingSafeEqual(given, expected) ? null : 'the signature does not match'
}
