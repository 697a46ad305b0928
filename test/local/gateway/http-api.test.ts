import { afterAll, describe, expect, test } from '@jest/globals'
import { openHttpApi } from '../../../local/gateway/http-api.ts'
import { readRoutes } from '../../../local/gateway/routes.ts'
import { openBundles } from '../lambda/bundles.ts'
import { askOf, deployedOf, integration, route } from './given.ts'

const NOW = Date.parse('2026-11-23T10:00:00Z')
const { lambda, close } = openBundles({
  echo: 'export const handler = async event => ({ event })',
  // Answers what the body says, so that a test writes down what a function returned.
  says: 'export const handler = async event => JSON.parse(event.body)',
  fails: 'export const handler = async () => { throw new Error("the inside of the service") }',
})
afterAll(close)

const logged: string[] = []
const api = openHttpApi({
  routes: readRoutes(
    deployedOf([
      ...['echo', 'says', 'fails'].map(integration),
      route('GET /echo/{id}', 'echo'),
      route('POST /echo/{id}', 'echo'),
      route('POST /says', 'says'),
      route('GET /fails', 'fails'),
    ]),
  ),
  lambda,
  authorize: async () => ({ ok: true, context: { whoever: true } }),
  now: () => NOW,
  log: line => logged.push(line),
})
const echoed = async (...ask: Parameters<typeof askOf>) => JSON.parse(String((await api(askOf(...ask))).body)).event

describe('the event of payload format 2.0', () => {
  test('of a GET, whole', async () => {
    const event = await echoed('GET', '/echo/a%20b?x=1&x=2&y=%C3%A9&z', { headers: { host: '127.0.0.1:8', 'user-agent': 'curl' } })
    expect(event).toEqual({
      version: '2.0',
      routeKey: 'GET /echo/{id}',
      rawPath: '/echo/a%20b',
      rawQueryString: 'x=1&x=2&y=%C3%A9&z',
      headers: { host: '127.0.0.1:8', 'user-agent': 'curl' },
      queryStringParameters: { x: '1,2', y: 'é', z: '' },
      pathParameters: { id: 'a b' },
      requestContext: {
        accountId: '000000000000',
        apiId: 'local',
        domainName: '127.0.0.1:8',
        domainPrefix: 'local',
        http: { method: 'GET', path: '/echo/a%20b', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'curl' },
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        routeKey: 'GET /echo/{id}',
        stage: '$default',
        time: '2026-11-23T10:00:00.000Z',
        timeEpoch: NOW,
      },
      isBase64Encoded: false,
    })
  })

  test('no query and no body are no members', async () => {
    expect(Object.keys(await echoed('GET', '/echo/1')).filter(name => /query.*Parameters|^body/.test(name))).toEqual([])
  })

  test.each([
    ['JSON is text', 'application/json; charset=utf-8', Buffer.from('{"é":1}'), '{"é":1}', false],
    ['a problem document is text', 'application/problem+json', Buffer.from('{}'), '{}', false],
    ['a form is not text to the service', 'application/x-www-form-urlencoded', Buffer.from('a=b'), 'YT1i', true],
    ['bytes are base64', 'application/octet-stream', Buffer.from([0, 255, 10]), 'AP8K', true],
    ['no type at all is text', undefined, Buffer.from('abc'), 'abc', false],
  ])('%s', async (_, type, body, text, isBase64Encoded) => {
    const headers = type === undefined ? { host: 'x' } : { host: 'x', 'content-type': type }
    expect(await echoed('POST', '/echo/1', { body, headers })).toMatchObject({ body: text, isBase64Encoded })
  })
})

describe('what a function returns becomes an answer', () => {
  const says = (value: unknown) => api(askOf('POST', '/says', { body: Buffer.from(JSON.stringify(value)) }))

  test.each([
    [
      'a whole answer',
      { statusCode: 201, headers: { Location: '/x', 'X-Count': 3 }, body: 'b' },
      201,
      { location: '/x', 'x-count': '3' },
      'b',
    ],
    ['a status alone has no body', { statusCode: 204 }, 204, {}, ''],
    ['a status that is text', { statusCode: '202', body: 'x' }, 202, {}, 'x'],
    ['without a status the whole value is a JSON body', { hello: [1] }, 200, { 'content-type': 'application/json' }, '{"hello":[1]}'],
    ['so is a list', [1, 2], 200, { 'content-type': 'application/json' }, '[1,2]'],
    ['a text is the body itself', 'hello', 200, { 'content-type': 'application/json' }, 'hello'],
    ['nothing at all', null, 200, { 'content-type': 'application/json' }, 'null'],
  ])('%s', async (_, value, status, headers, body) => {
    const answer = await says(value)
    expect({ ...answer, body: String(answer.body) }).toEqual({ status, headers, body })
  })

  test('a body in base64 becomes bytes, and cookies are headers of their own', async () => {
    const answer = await says({ statusCode: 200, isBase64Encoded: true, body: 'AP8K', cookies: ['a=1', 'b=2'] })
    expect(answer).toMatchObject({ body: Buffer.from([0, 255, 10]), cookies: ['a=1', 'b=2'] })
  })

  test.each([
    ['a status that is none', { statusCode: 'fine' }],
    ['a status out of range', { statusCode: 99 }],
    ['a header that would be two', { statusCode: 200, headers: { 'x-name': 'a\r\nset-cookie: b' } }],
    ['a header’s name that is none', { statusCode: 200, headers: { 'x name': 'a' } }],
  ])('%s is a mistake of the service, and logged', async (_, value) => {
    const before = logged.length
    expect(await says(value)).toMatchObject({ status: 500, headers: { 'content-type': 'application/problem+json' } })
    expect(logged.length).toBe(before + 1)
  })
})

describe('what the gateway answers itself is a problem document that says what to do', () => {
  test.each([
    ['an unknown route', 'GET', '/nothing', 404, 'unknown-route', /GET \/openapi\.json/],
    ['a method that the path does not take', 'DELETE', '/echo/1', 405, 'method-not-allowed', /takes GET, POST, not DELETE/],
    ['a function that fails', 'GET', '/fails', 500, 'internal', /try again/],
  ])('%s', async (_, method, path, status, code, detail) => {
    const answer = await api(askOf(method, path))
    expect(answer).toMatchObject({ status, headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' } })
    expect(JSON.parse(String(answer.body))).toMatchObject({ status, code, detail: expect.stringMatching(detail) })
    expect(String(answer.body)).not.toContain('inside of the service')
  })

  test('405 names the methods in a header, too', async () => {
    expect((await api(askOf('DELETE', '/echo/1'))).headers).toMatchObject({ allow: 'GET, POST' })
  })

  test('why a function failed stands in the log', () =>
    expect(logged.join('\n')).toContain('GET /fails failed: Error: the inside of the service'))
})
