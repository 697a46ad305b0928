import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto'

/** AWS credentials as Lambda puts them into a function's environment. */
export type Credentials = { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string | undefined }

export type Signable = {
  readonly method: string
  readonly url: URL
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  /** Hex SHA-256 of the body, or UNSIGNED-PAYLOAD. */
  readonly bodyHash: string
}

export type Scope = { readonly service: string; readonly region: string; readonly at: number; readonly credentials: Credentials }

const hmac = (key: KeyObject, text: string): Buffer => createHmac('sha256', key).update(text).digest()

/** `YYYYMMDDTHHMMSSZ` */
const timestamp = (at: number): string => new Date(at).toISOString().replace(/[-:]|\.\d{3}/g, '')

const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const canonicalQuery = (url: URL): string =>
  url.search === ''
    ? ''
    : [...url.searchParams]
        .map(([name, value]) => [encode(name), encode(value)] as const)
        .sort(([a, first], [b, second]) => compare(a, b) || compare(first, second))
        .map(([name, value]) => `${name}=${value}`)
        .join('&')

const signedNames = (headers: Signable['headers']): readonly string[] => Object.keys(headers).sort()

/** The request in the one form that both sides hash. S3's paths are encoded once, so the URL's path goes in as it is. */
const canonicalRequest = ({ method, url, headers, bodyHash }: Signable): string => {
  const names = signedNames(headers)
  const lines = names.map(name => `${name}:${headers[name]?.trim().replace(/ +/g, ' ')}\n`)
  return [method, url.pathname, canonicalQuery(url), lines.join(''), names.join(';'), bodyHash].join('\n')
}

const scopeParts = ({ service, region, at }: Scope): readonly string[] => [timestamp(at).slice(0, 8), region, service, 'aws4_request']
const credentialScope = (scope: Scope): string => scopeParts(scope).join('/')

/** A key signs for one day, region and service; making it costs four times what signing with it does. */
const signingKeys = new Map<string, KeyObject>()
const SIGNING_KEYS_MAX = 16

const signingKeyOf = (scope: Scope): KeyObject => {
  const { secretAccessKey } = scope.credentials
  const name = `${secretAccessKey} ${credentialScope(scope)}`
  const known = signingKeys.get(name)
  if (known) return known
  const secret = createSecretKey(Buffer.from(`AWS4${secretAccessKey}`))
  const key = scopeParts(scope).reduce((from, part) => createSecretKey(hmac(from, part)), secret)
  if (signingKeys.size >= SIGNING_KEYS_MAX) signingKeys.clear()
  signingKeys.set(name, key)
  return key
}

const signatureOf = (request: Signable, scope: Scope): string => {
  const canonical = hash('sha256', canonicalRequest(request))
  const text = ['AWS4-HMAC-SHA256', timestamp(scope.at), credentialScope(scope), canonical].join('\n')
  return hmac(signingKeyOf(scope), text).toString('hex')
}

/**
 * The headers that a request needs to be signed with AWS Signature Version 4, the given ones among them.
 * Source: AWS General Reference, "Create a signed AWS API request"; tested with the examples of the S3 API reference.
 */
export const signedHeaders = (request: Signable, scope: Scope): Record<string, string> => {
  const { sessionToken } = scope.credentials
  const headers = {
    ...request.headers,
    host: request.url.host,
    'x-amz-date': timestamp(scope.at),
    'x-amz-content-sha256': request.bodyHash,
    ...(sessionToken ? { 'x-amz-security-token': sessionToken } : {}),
  }
  const signature = signatureOf({ ...request, headers }, scope)
  const credential = `${scope.credentials.accessKeyId}/${credentialScope(scope)}`
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential},SignedHeaders=${signedNames(headers).join(';')},Signature=${signature}`
  return { ...headers, authorization }
}

/** A URL that carries its signature and lets its bearer make exactly this request, headers included, for `seconds`. */
export const presignedUrl = (request: Omit<Signable, 'bodyHash'>, scope: Scope, seconds: number): string => {
  const url = new URL(request.url)
  const headers = { ...request.headers, host: url.host }
  const parameters = {
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': `${scope.credentials.accessKeyId}/${credentialScope(scope)}`,
    'X-Amz-Date': timestamp(scope.at),
    'X-Amz-Expires': String(seconds),
    'X-Amz-SignedHeaders': signedNames(headers).join(';'),
    ...(scope.credentials.sessionToken ? { 'X-Amz-Security-Token': scope.credentials.sessionToken } : {}),
  }
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  url.searchParams.set('X-Amz-Signature', signatureOf({ ...request, url, headers, bodyHash: 'UNSIGNED-PAYLOAD' }, scope))
  return url.href
}
