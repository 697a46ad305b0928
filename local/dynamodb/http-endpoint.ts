import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { crc32 } from 'node:zlib'
import { signatureRefusal } from './http-signature.ts'
import type { DynamoDb, DynamoDbAnswer } from './index.ts'

const bodyBytesMax = 16 * 1024 * 1024
const jsonTypes = ['application/json', 'application/x-amz-json-1.0']
const loopback = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/

/** The whole body; undefined when it is longer than the service allows. The rest is read all the same, so that the answer gets through. */
const readBody = async (request: IncomingMessage): Promise<Buffer | undefined> => {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    bytes += chunk.length
    if (bytes <= bodyBytesMax) chunks.push(chunk)
  }
  return bytes > bodyBytesMax ? undefined : Buffer.concat(chunks, bytes)
}

const send = (response: ServerResponse, status: number, contentType: string, text: string): void => {
  const body = Buffer.from(text)
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': body.length,
    'x-amz-crc32': crc32(body),
    'x-amzn-requestid': randomBytes(26).toString('hex').toUpperCase(),
  })
  response.end(body)
}

/** JSON or undefined; what does not parse is for the caller to refuse. */
const parsed = (body: Buffer): { json: unknown } | undefined => {
  try {
    return { json: JSON.parse(body.toString('utf8')) }
  } catch {
    return undefined
  }
}

const coral = (name: string, message?: string): DynamoDbAnswer => ({
  status: 400,
  body: { __type: `com.amazon.coral.service#${name}`, ...(message === undefined ? {} : { message }) },
})

const targetOf = (request: IncomingMessage): string => String(request.headers['x-amz-target'] ?? '')

const answerTo = async (database: DynamoDb, request: IncomingMessage, body: Buffer): Promise<DynamoDbAnswer> => {
  const content = body.length > 0 ? parsed(body) : { json: undefined }
  if (!content) return coral('SerializationException')
  if (!database.supports(targetOf(request))) return coral('UnknownOperationException')
  const refusal = signatureRefusal(request)
  if (refusal) return coral(refusal.name, refusal.message)
  return body.length === 0 ? coral('SerializationException') : database.handle(targetOf(request), content.json)
}

const respond = async (database: DynamoDb, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const body = await readBody(request)
  if (!body) {
    response.writeHead(413, { connection: 'close', 'content-length': 0 }).end()
    return
  }
  if (!loopback.test(request.headers.host ?? '')) return send(response, 403, 'text/plain', 'This endpoint answers on the loopback only.\n')
  if (request.method === 'GET') return send(response, 200, 'text/plain', 'healthy: dynamodb.us-east-1.amazonaws.com ')
  const contentType = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim() ?? ''
  if (request.method !== 'POST' || (body.length > 0 && !jsonTypes.includes(contentType)))
    return send(response, 404, 'application/xml', '<UnknownOperationException/>\n')
  const answer = await answerTo(database, request, body)
  const answerType = contentType === 'application/x-amz-json-1.0' ? contentType : 'application/json'
  send(response, answer.status, answerType, answer.body === '' ? '' : JSON.stringify(answer.body))
}

export type DynamoDbEndpoint = { readonly url: string; readonly close: () => Promise<void> }

/**
 * Serves a database over HTTP on 127.0.0.1; port 0 takes a free one. Rejects when the port is taken.
 * Requests whose Host is no loopback name are refused, so that no web page can reach it under a name of its own.
 */
export const serveDynamoDb = (database: DynamoDb, port: number): Promise<DynamoDbEndpoint> => {
  const server: Server = createServer({ insecureHTTPParser: false, keepAliveTimeout: 60_000 }, (request, response) => {
    respond(database, request, response).catch(() => response.destroy())
  })
  const close = () =>
    new Promise<void>(resolve => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      const address: AddressInfo | string | null = server.address()
      const taken = typeof address === 'object' && address ? address.port : port
      resolve({ url: `http://127.0.0.1:${taken}`, close })
    })
  })
}
