import { messageOf } from './failure.ts'

/** What came back; the body is at most as long as was asked for. */
export type Answer = { readonly status: number; readonly etag: string | null; readonly body: Uint8Array }

/** The agent's way to the control plane. A network that fails, an answer that takes too long or is too long: it throws. */
export type HttpClient = {
  get(url: string, headers: Readonly<Record<string, string>>, bytesMax: number): Promise<Answer>
  post(url: string, headers: Readonly<Record<string, string>>, body: string, bytesMax: number): Promise<Answer>
}

const REQUEST_SECONDS_MAX = 30

/** Reads no further than the bound, so that an endless body costs nothing. */
const readBounded = async (response: Response, bytesMax: number): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    length += chunk.length
    if (length > bytesMax) throw new Error(`the answer is longer than ${bytesMax} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Over Node's fetch, which keeps connections alive and shares them among the hosts of a process. Redirects are not followed. */
export const fetchClient = (): HttpClient => {
  const request = async (url: string, init: RequestInit, bytesMax: number): Promise<Answer> => {
    try {
      const response = await fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(REQUEST_SECONDS_MAX * 1000) })
      const body = await readBounded(response, bytesMax)
      return { status: response.status, etag: response.headers.get('etag'), body }
    } catch (error) {
      throw new Error(`${init.method} ${new URL(url).pathname} failed: ${messageOf(error)}`, { cause: error })
    }
  }
  return {
    get: (url, headers, bytesMax) => request(url, { method: 'GET', headers }, bytesMax),
    post: (url, headers, body, bytesMax) =>
      request(url, { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body }, bytesMax),
  }
}
