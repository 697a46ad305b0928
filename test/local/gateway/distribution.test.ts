import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openDistribution } from '../../../local/gateway/distribution.ts'
import { openObjectStore } from '../../../local/s3/object-store.ts'
import { askOf, deployedOf } from './given.ts'

const folder = mkdtempSync(join(tmpdir(), 'supersede-distribution-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const objects = openObjectStore(folder)

const bucket = 'files.s3.us-east-1.amazonaws.com'
const deployed = deployedOf([
  [
    'AWS::CloudFront::ResponseHeadersPolicy',
    'Headers',
    {
      ResponseHeadersPolicyConfig: {
        SecurityHeadersConfig: {
          ContentSecurityPolicy: { ContentSecurityPolicy: "default-src 'none'", Override: true },
          ContentTypeOptions: { Override: true },
          FrameOptions: { FrameOption: 'DENY', Override: true },
          ReferrerPolicy: { ReferrerPolicy: 'no-referrer', Override: true },
        },
      },
    },
  ],
  [
    'AWS::CloudFront::Distribution',
    'Front',
    {
      DistributionConfig: {
        DefaultRootObject: 'index.html',
        Origins: [
          { Id: 'console', DomainName: bucket, OriginPath: '/console' },
          { Id: 'bucket', DomainName: bucket },
          { Id: 'api', DomainName: 'x.execute-api.us-east-1.amazonaws.com' },
        ],
        DefaultCacheBehavior: { TargetOriginId: 'console', ResponseHeadersPolicyId: 'headers' },
        CacheBehaviors: [
          { PathPattern: '/modules/special.ko', TargetOriginId: 'api' },
          { PathPattern: '/modules/*', TargetOriginId: 'bucket' },
          { PathPattern: '/changes', TargetOriginId: 'api' },
          { PathPattern: '/changes/*', TargetOriginId: 'api' },
          { PathPattern: '/v?/*', TargetOriginId: 'api' },
        ],
      },
    },
  ],
])
const distribution = openDistribution({ deployed, objects, api: async ({ path }) => ({ status: 200, headers: {}, body: `api ${path}` }) })
const get = async (path: string, more = {}) => {
  const answer = await distribution(askOf('GET', path, more))
  return { ...answer, body: String(answer.body) }
}

beforeAll(async () => {
  await objects.put('files', 'console/index.html', Buffer.from('<h1>'))
  await objects.put('files', 'console/a b.js', Buffer.from('js'))
  await objects.put('files', 'modules/one.ko', Buffer.from('ko'))
  await objects.put('files', 'secret', Buffer.from('secret'))
})

describe('the first behaviour that fits a path decides its origin', () => {
  test.each([
    ['/', '<h1>'],
    ['/index.html', '<h1>'],
    ['/a%20b.js', 'js'],
    ['/modules/one.ko', 'ko'],
    ['/modules/special.ko', 'api /modules/special.ko'],
    ['/changes', 'api /changes'],
    ['/changes/1/verdict', 'api /changes/1/verdict'],
    ['/v1/x', 'api /v1/x'],
  ])('%s → %s', async (path, body) => expect(await get(path)).toMatchObject({ status: 200, body }))

  test.each([
    '/changesx',
    '/v12/x',
    '/modules',
    '/xmodules/one.ko',
    '/secret',
    '/../secret',
    '/..%2Fsecret',
    '/modules/..%2Fsecret',
    '/%zz',
    '/modules/%ff',
  ])('%s is not there', async path => {
    const answer = await get(path)
    expect(answer).toMatchObject({ status: 404, headers: { 'content-type': 'application/problem+json' } })
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'unknown-route', detail: expect.stringContaining('GET /openapi.json') })
  })

  test.each(['POST', 'PUT', 'DELETE'])('%s changes no file', async method => {
    expect((await distribution(askOf(method, '/index.html'))).status).toBe(404)
    expect((await get('/index.html')).body).toBe('<h1>')
  })
})

describe('a file’s answer', () => {
  test('carries its type and the headers of the template’s policy', async () => {
    expect((await get('/')).headers).toEqual({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'",
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-cache',
      etag: expect.stringMatching(/^"[0-9a-f]{32}"$/),
    })
  })

  test('of an unknown type is bytes', async () => {
    expect((await get('/modules/one.ko')).headers).toMatchObject({ 'content-type': 'application/octet-stream' })
  })

  test('is 304 to whoever has it, and new again once it changed', async () => {
    const etag = String((await get('/modules/one.ko')).headers['etag'])
    const headers = { 'if-none-match': etag }
    expect(await get('/modules/one.ko', { headers })).toMatchObject({ status: 304, body: '' })
    await objects.put('files', 'modules/one.ko', Buffer.from('two'))
    expect(await get('/modules/one.ko', { headers })).toMatchObject({ status: 200, body: 'two' })
  })
})

test('without a distribution everything is the API’s', async () => {
  const bare = openDistribution({ deployed: deployedOf([]), objects, api: async () => ({ status: 200, headers: {}, body: 'api' }) })
  expect((await bare(askOf('GET', '/index.html'))).body).toBe('api')
})
