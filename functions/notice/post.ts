import { type LookupAddress, lookup } from 'node:dns'
import type { IncomingMessage, RequestOptions } from 'node:http'
import { type Attempt, plainText } from '../../shared/notice/index.ts'
import { type AddressRules, isAllowedAddress, refusedUrl } from './receiver-address.ts'

/** Sends one POST and says what came of it; it never throws. */
export type Post = (url: string, headers: Readonly<Record<string, string>>, body: string) => Promise<Attempt>

const MILLISECONDS_MAX = 10_000
/** Of an answer so much is read, so much is kept, and nothing of it is ever used. */
const ANSWER_BYTES_MAX = 4_096
const SHOWN_MAX = 200

/** What a lookup found that must not be spoken to. */
class RefusedAddress extends Error {
  override readonly name = 'RefusedAddress'
}

/** Every address that a name has, as the system's resolver says. */
export type Resolve = (name: string, done: (error: Error | null, addresses: readonly LookupAddress[]) => void) => void

const bySystem: Resolve = (name, done) => lookup(name, { all: true }, (error, addresses) => done(error, error ? [] : addresses))

/**
 * The name is looked up once, every address that it has is checked, and the connection is made to one of those: a second look-up, which
 * could answer otherwise, never happens.
 */
const checkedLookup =
  (rules: AddressRules, resolve: Resolve): NonNullable<RequestOptions['lookup']> =>
  (name, { all }, done) => {
    resolve(name, (error, addresses) => {
      const [first] = addresses
      if (error || !first) done(error ?? new Error('no address'), '', 4)
      else if (addresses.some(({ address }) => !isAllowedAddress(address, rules)))
        done(new RefusedAddress('its name leads to an address that is none of the public internet'), '', 4)
      else if (all) done(null, [...addresses])
      else done(null, first.address, first.family)
    })
  }

const readSome = async (response: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response) {
    const bytes = Buffer.from(chunk)
    chunks.push(bytes)
    size += bytes.length
    if (size >= ANSWER_BYTES_MAX) break
  }
  response.destroy()
  return Buffer.concat(chunks).subarray(0, ANSWER_BYTES_MAX).toString('utf8')
}

/** Seconds, or a date (RFC 9110, section 10.2.3). */
const retryAfter = (value: string | undefined, now: number): number | null => {
  if (value === undefined) return null
  const seconds = /^\d{1,9}$/.test(value.trim()) ? Number(value) : (Date.parse(value) - now) / 1_000
  return Number.isFinite(seconds) && seconds > 0 ? Math.ceil(seconds) : null
}

const attemptOf = async (response: IncomingMessage): Promise<Attempt> => {
  const { statusCode: status = 0, headers } = response
  const said = status >= 200 && status <= 299 ? '' : plainText(await readSome(response).catch(() => ''), SHOWN_MAX)
  response.destroy()
  return {
    status,
    why: status >= 200 && status <= 299 ? '' : `HTTP ${status}${said === '' ? '' : `: ${said}`}`,
    retryAfterSeconds: retryAfter(headers['retry-after'], Date.now()),
  }
}

const failure = (why: string): Attempt => ({ status: null, why, retryAfterSeconds: null })

/** A fault of the network in few words; its message may name addresses of the inside. */
const faultOf = (error: unknown): Attempt => {
  const { name, code, message }: { name?: unknown; code?: unknown; message?: unknown } = Object(error)
  if (name === 'RefusedAddress') return failure(String(message))
  if (name === 'TimeoutError' || name === 'AbortError') return failure(`no answer within ${MILLISECONDS_MAX / 1_000} s`)
  return failure(`no answer (${typeof code === 'string' ? code : String(name)})`)
}

/** Loaded with the first message: a function that starts and sends none would take twice as long to load. */
const clientOf = async (url: string) => (await (url.startsWith('http:') ? import('node:http') : import('node:https'))).request

const send = async (url: string, options: RequestOptions, body: string): Promise<IncomingMessage> => {
  const request = await clientOf(url)
  return new Promise((resolve, reject) => {
    const opened = request(url, options)
    opened.once('response', resolve).once('error', reject)
    opened.end(body)
  })
}

/** The way to receivers: to addresses of the public internet only, never on to where an answer points, and not for long. */
export const openPost =
  (rules: AddressRules, resolve: Resolve = bySystem): Post =>
  async (url, headers, body) => {
    const refused = refusedUrl(url, rules)
    if (refused !== null) return failure(refused)
    const options: RequestOptions = {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'Supersede', 'content-length': Buffer.byteLength(body), ...headers },
      agent: false,
      lookup: checkedLookup(rules, resolve),
      signal: AbortSignal.timeout(MILLISECONDS_MAX),
    }
    try {
      return await attemptOf(await send(url, options, body))
    } catch (error) {
      return faultOf(error)
    }
  }
