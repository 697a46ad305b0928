import { once } from 'node:events'
import { connect } from 'node:net'
import { crc32 } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type DynamoDb, type DynamoDbEndpoint, openDynamoDb, serveDynamoDb } from '../../../local/dynamodb/index.ts'

let database: DynamoDb
let endpoint: DynamoDbEndpoint

beforeAll(async () => {
  database = openDynamoDb({ file: ':memory:', now: Date.now })
  endpoint = await serveDynamoDb(database, 0)
})

afterAll(async () => {
  await endpoint.close()
  database.close()
})

const authorization = 'AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0'
const signed = {
  authorization,
  'x-amz-date': '20260101T000000Z',
  'content-type': 'application/x-amz-json-1.0',
  'x-amz-target': 'DynamoDB_20120810.ListTables',
}

const post = (body: string, headers: Record<string, string> = {}) =>
  fetch(endpoint.url, { method: 'POST', body, headers: { ...signed, ...headers } })

describe('the endpoint', () => {
  test('answers with a request id and the checksum of its body', async () => {
    const response = await post('{}')
    const body = await response.text()
    expect([response.status, body]).toEqual([200, '{"TableNames":[]}'])
    expect(response.headers.get('x-amzn-requestid')).toMatch(/^[0-9A-F]{52}$/)
    expect(response.headers.get('x-amz-crc32')).toBe(String(crc32(body)))
  })

  test.each([
    ['no JSON', '{', {}, 400, 'com.amazon.coral.service#SerializationException'],
    ['no operation', '{}', { 'x-amz-target': 'DynamoDB_20120810.None' }, 400, 'com.amazon.coral.service#UnknownOperationException'],
    ['no signature', '{}', { authorization: '' }, 400, 'com.amazon.coral.service#MissingAuthenticationTokenException'],
    [
      'half a signature',
      '{}',
      { authorization: 'AWS4-HMAC-SHA256 Credential=a' },
      400,
      'com.amazon.coral.service#IncompleteSignatureException',
    ],
  ] as const)('refuses %s', async (_, body, headers, status, type) => {
    const response = await post(body, headers)
    expect([response.status, Object(await response.json()).__type]).toEqual([status, type])
  })

  test('refuses bodies over 16 MB', async () => {
    expect((await post(' '.repeat(16 * 1024 * 1024 + 1))).status).toBe(413)
  })

  test('says in one line that its port is taken', async () => {
    await expect(serveDynamoDb(database, Number(new URL(endpoint.url).port))).rejects.toThrow(/EADDRINUSE/)
  })
})

/** Sends bytes as they are and resolves to all that comes back until the connection closes. */
const exchanged = async (text: string): Promise<string> => {
  const socket = connect(Number(new URL(endpoint.url).port), '127.0.0.1')
  let answer = ''
  socket.on('data', chunk => {
    answer += chunk
  })
  socket.end(text)
  await once(socket, 'close')
  return answer
}

describe('on the wire', () => {
  const hidden = 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n'
  const chunked = '0\r\n\r\n'
  test.each([
    [
      'length and chunks',
      `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n${chunked}${hidden}`,
    ],
    ['two lengths', `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nContent-Length: 5\r\n\r\n${hidden}`],
    ['a bare line feed', `POST / HTTP/1.1\nHost: localhost\nContent-Length: 0\n\n${hidden}`],
    ['a folded header', `POST / HTTP/1.1\r\nHost: localhost\r\nX-A: b\r\n Content-Length: 5\r\nTransfer-Encoding: x\r\n\r\n${hidden}`],
    ['a length that is none', `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: +5\r\n\r\nhello${hidden}`],
    ['a space before the colon', `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length : 5\r\n\r\nhello${hidden}`],
    [
      'a chunk size that is none',
      `POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n${chunked}${hidden}`,
    ],
  ])('%s is one bad request, and nothing behind it is read', async (_, text) => {
    const answer = await exchanged(text)
    expect(answer.match(/^HTTP\/1\.1 \d+/gm)).toEqual(['HTTP/1.1 400'])
  })

  test('a host of another name is refused, so that no web page reaches it by one', async () => {
    const answer = await exchanged('POST / HTTP/1.1\r\nHost: rebound.example\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
    expect(answer).toMatch(/^HTTP\/1\.1 403 /)
  })
})
