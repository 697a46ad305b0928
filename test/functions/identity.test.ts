import { describe, expect, test } from '@jest/globals'
import { personOf } from '../../functions/http/identity.ts'

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** A request as it comes from behind the gateway's authorizer: `claims` as it hands them on, `token` as the person sent it. */
const groupsOf = (claims: Readonly<Record<string, unknown>>, token?: Readonly<Record<string, unknown>>, before = 'Bearer ') =>
  personOf({
    rawPath: '/',
    headers: token === undefined ? {} : { authorization: `${before}${part({ alg: 'RS256' })}.${part(token)}.signature` },
    isBase64Encoded: false,
    requestContext: { requestId: '1', authorizer: { jwt: { claims } } },
  })?.groups

describe('the groups that the gateway hands on', () => {
  test.each([
    ['[a]', ['a']],
    ['[a b]', []],
    ['[a,b]', []],
    ['a,b', ['a', 'b']],
    ['a', ['a']],
    ['[]', []],
    [
      ['a', 'b', 3],
      ['a', 'b'],
    ],
    [undefined, []],
    [7, []],
  ])('%j are %j', (groups, expected) => {
    expect(groupsOf({ sub: 'bob', groups })).toEqual(expected)
  })
})

describe('where the token is at hand', () => {
  test('a group whose name has a blank is one group and not two', () => {
    expect(groupsOf({ sub: 'bob', groups: '[guests security]' }, { sub: 'bob', groups: ['guests security'] })).toEqual(['guests security'])
    expect(groupsOf({ sub: 'bob', groups: '[a,security]' }, { sub: 'bob', groups: ['a,security'] })).toEqual(['a,security'])
  })
  test.each(['', 'bearer ', 'Bearer  ', ' Bearer '])('so it is behind %j', before => {
    expect(groupsOf({ sub: 'bob', groups: '[guests security]' }, { sub: 'bob', groups: ['guests security'] }, before)).toEqual([
      'guests security',
    ])
  })
  test('a list of no group is no group', () => {
    expect(groupsOf({ sub: 'bob', groups: '[]' }, { sub: 'bob', groups: [] })).toEqual([])
  })
  test('another subject’s token says nothing', () => {
    expect(groupsOf({ sub: 'bob', groups: '[guests]' }, { sub: 'eve', groups: ['security'] })).toEqual(['guests'])
  })
})

test.each([undefined, '', 'supersede', ' bob', 'bob ', 'bo  b', 'bob\n', 'bob\u200b', 'bob\ufeff', '\u202ebob', '\ud83d', 'b'.repeat(256)])(
  '%j names nobody',
  sub => {
    expect(groupsOf({ sub })).toBeUndefined()
  },
)

test.each(['bob', 'auth0|5f7c', 'CN=Bob Brandt,OU=Kernel', 'josé', '\u{1f427}', 'Supersede', 'b'.repeat(255)])('%j names a person', sub => {
  expect(groupsOf({ sub })).toEqual([])
})
