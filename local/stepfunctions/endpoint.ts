/** The AWS JSON protocol over HTTP, on the loopback only. */

import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { StepFunctions } from './index.ts'
import { parseJson } from './json.ts'

/* The largest request of the service, and the escapes that a definition may need inside JSON. */
const bodyBytesMax = 4 * 1_048_576

const answer = (response: ServerResponse, status: number, body: unknown) => {
  const text = JSON.stringify(body)
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.0',
    'content-length': Buffer.byteLength(text),
    'x-amzn-requestid': randomUUID(),
  })
  response.end(text)
}

const error = (type: string, message: string) => ({ __type: type, message })

/** The body's text, or undefined when it is larger than any request. */
const textOf = async (request: IncomingMessage): Promise<string | undefined> => {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    const data = Buffer.from(chunk)
    bytes += data.length
    if (bytes > bodyBytesMax) return undefined
    chunks.push(data)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/* A page in a browser may reach the loopback under another name; nobody else has a reason to. */
const isLoopbackHost = (host: string | undefined): boolean => host !== undefined && /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host)

const respond = async (stepFunctions: StepFunctions, request: IncomingMessage, response: ServerResponse) => {
  if (!isLoopbackHost(request.headers.host))
    return answer(response, 403, error('AccessDeniedException', 'Only the loopback host is served'))
  if (request.method !== 'POST') return answer(response, 405, error('UnknownOperationException', 'Every operation is a POST'))
  const target = request.headers['x-amz-target']
  if (typeof target !== 'string') return answer(response, 400, error('UnknownOperationException', 'The header X-Amz-Target is missing'))
  const text = await textOf(request)
  if (text === undefined) return answer(response, 413, error('RequestEntityTooLargeException', 'The request is too large'))
  const parsed = parseJson(text === '' ? '{}' : text)
  if (!parsed.ok) return answer(response, 400, error('SerializationException', parsed.message))
  const { status, body } = await stepFunctions.handle(target, parsed.value)
  answer(response, status, body)
}

/** Resolves when it listens; `port` 0 picks a free one. */
export const listen = (stepFunctions: StepFunctions, port: number): Promise<{ server: Server; port: number }> => {
  const server = createServer((request, response) => {
    respond(stepFunctions, request, response).catch((failure: unknown) => {
      process.stderr.write(`${failure instanceof Error ? (failure.stack ?? failure.message) : String(failure)}\n`)
      if (response.headersSent) response.destroy()
      else answer(response, 500, error('InternalFailure', 'The request failed, and nothing was changed'))
    })
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      resolve({ server, port: typeof address === 'object' && address !== null ? address.port : port })
    })
  })
}
