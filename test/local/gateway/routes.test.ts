import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { matchRoute, readRoutes } from '../../../local/gateway/routes.ts'
import { deployedOf, integration, route } from './given.ts'

const ROUTES = [
  'GET /changes',
  'POST /changes',
  'GET /changes/{change}',
  'GET /changes/latest',
  'POST /changes/{change}/control',
  'GET /files/{path+}',
  'GET /files/{folder}/index',
  'GET /files/deep/{path+}',
  'ANY /any/{id}',
  'GET /any/{id}',
]
const read = (keys: readonly string[]) => readRoutes(deployedOf([integration('f'), ...keys.map(key => route(key, 'f'))]))
const routes = read(ROUTES)

/** The key of the route that is found and what its path binds, or the methods that the path would take. */
const found = (method: string, path: string, among = routes) => {
  const match = matchRoute(among, method, path)
  return match.route ? [match.route.routeKey, match.pathParameters] : match.methods
}

describe('which route a request takes', () => {
  const ROWS: readonly (readonly [sentence: string, method: string, path: string, answer: unknown])[] = [
    ['a literal path', 'GET', '/changes', ['GET /changes', {}]],
    ['the same path by another method', 'POST', '/changes', ['POST /changes', {}]],
    ['a variable', 'GET', '/changes/1', ['GET /changes/{change}', { change: '1' }]],
    ['a literal wins over a variable', 'GET', '/changes/latest', ['GET /changes/latest', {}]],
    ['a variable in the middle', 'POST', '/changes/1/control', ['POST /changes/{change}/control', { change: '1' }]],
    ['an escaped segment is unescaped', 'GET', '/changes/a%20b', ['GET /changes/{change}', { change: 'a b' }]],
    ['an escaped slash stays within its segment', 'GET', '/changes/a%2Fb', ['GET /changes/{change}', { change: 'a/b' }]],
    ['two dots are a value like any other', 'GET', '/changes/..', ['GET /changes/{change}', { change: '..' }]],
    ['a greedy variable takes the rest', 'GET', '/files/a/b/c', ['GET /files/{path+}', { path: 'a/b/c' }]],
    ['a whole path wins over a greedy one', 'GET', '/files/a/index', ['GET /files/{folder}/index', { folder: 'a' }]],
    ['even one that is literal for longer', 'GET', '/files/deep/index', ['GET /files/{folder}/index', { folder: 'deep' }]],
    ['the longer greedy route wins', 'GET', '/files/deep/a/b', ['GET /files/deep/{path+}', { path: 'a/b' }]],
    ['a method wins over ANY', 'GET', '/any/1', ['GET /any/{id}', { id: '1' }]],
    ['ANY takes the others', 'DELETE', '/any/1', ['ANY /any/{id}', { id: '1' }]],
    ['a greedy variable wants at least one segment', 'GET', '/files', []],
    ['a variable wants at least one character', 'GET', '/changes/', []],
    ['nor is there anything between two slashes', 'POST', '/changes//control', []],
    ['a path that is longer', 'GET', '/changes/1/2', []],
    ['a path that is shorter', 'GET', '/', []],
    ['letters count', 'GET', '/Changes', []],
    ['a broken escape fits nowhere', 'GET', '/changes/%zz', []],
    ['nor does one that is no UTF-8', 'GET', '/changes/%ff', []],
    ['another method says which there are', 'DELETE', '/changes', ['GET', 'POST']],
    ['even HEAD', 'HEAD', '/changes/1', ['GET']],
  ]
  test.each(ROWS)('%s', (_, method, path, answer) => expect(found(method, path)).toEqual(answer))

  test('$default takes what nothing else does, the root as well', () => {
    const withDefault = read(['$default', 'GET /a', 'ANY /b/{rest+}'])
    expect(found('GET', '/', withDefault)).toEqual(['$default', { proxy: '' }])
    expect(found('POST', '/a', withDefault)).toEqual(['$default', { proxy: 'a' }])
    expect(found('GET', '/b/c', withDefault)).toEqual(['ANY /b/{rest+}', { rest: 'c' }])
  })

  test('the order in which routes stand in the template decides nothing', () => {
    const asks = [
      ['GET', '/changes/latest'],
      ['GET', '/files/deep/index'],
      ['GET', '/any/1'],
    ] as const
    const shuffled = fc.shuffledSubarray(ROUTES, { minLength: ROUTES.length })
    fc.assert(
      fc.property(shuffled, order => {
        for (const [method, path] of asks) expect(found(method, path, read(order))).toEqual(found(method, path))
      }),
    )
  })

  test('any segment whatever comes out as it went in', () => {
    const segment = fc.string({ unit: 'binary', minLength: 1 }).filter(text => text !== 'latest' && text.isWellFormed())
    fc.assert(
      fc.property(segment, text =>
        expect(found('GET', `/changes/${encodeURIComponent(text)}`)).toEqual(['GET /changes/{change}', { change: text }]),
      ),
    )
  })
})

describe('reading routes out of a template', () => {
  const jwt = [
    'AWS::ApiGatewayV2::Authorizer',
    'People',
    { AuthorizerType: 'JWT', JwtConfiguration: { Issuer: 'http://issuer', Audience: ['me'] } },
  ] as const
  const lambda = (more: object = {}) =>
    [
      'AWS::ApiGatewayV2::Authorizer',
      'Hosts',
      {
        AuthorizerType: 'REQUEST',
        AuthorizerUri:
          'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:check/invocations',
        ...more,
      },
    ] as const

  test.each([
    ['none', [], {}, { kind: 'none' }],
    [
      'a JWT authorizer',
      [jwt],
      { AuthorizationType: 'JWT', AuthorizerId: 'people' },
      { kind: 'jwt', issuer: 'http://issuer', audience: ['me'] },
    ],
    [
      'a Lambda authorizer, kept for five minutes if nothing else is said',
      [lambda()],
      { AuthorizationType: 'CUSTOM', AuthorizerId: 'hosts' },
      { kind: 'lambda', functionName: 'check', ttlSeconds: 300 },
    ],
    [
      'a Lambda authorizer that is asked every time',
      [lambda({ AuthorizerResultTtlInSeconds: 0 })],
      { AuthorizationType: 'CUSTOM', AuthorizerId: 'hosts' },
      { kind: 'lambda', functionName: 'check', ttlSeconds: 0 },
    ],
  ])('authorization: %s', (_, authorizers, more, authorization) => {
    const [read] = readRoutes(deployedOf([...authorizers, integration('f'), route('GET /a', 'f', more)]))
    expect(read).toMatchObject({ functionName: 'f', authorization })
  })

  test.each([
    ['a route without its integration', [route('GET /a', 'f')], /GET \/a has no integration/],
    [
      'a route without its authorizer: it must not be open instead',
      [integration('f'), route('GET /a', 'f', { AuthorizationType: 'JWT', AuthorizerId: 'gone' })],
      /GET \/a has no authorizer/,
    ],
    [
      'an integration that is no function',
      [['AWS::ApiGatewayV2::Integration', 'X', { IntegrationUri: 'http://elsewhere' }] as const],
      /not a function's ARN: http:\/\/elsewhere/,
    ],
  ])('refuses %s', (_, rows, message) => expect(() => readRoutes(deployedOf(rows))).toThrow(message))
})
