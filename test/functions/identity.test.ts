import { describe, expect, test } from '@jest/globals'
import { personOf } from '../../functions/http/identity.ts'

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** A request as it comes from behind the gateway's authorizer: `claims` as it hands them on, `token` as the person sent it. */
const groupsOf = (claims: Readonly<Record<string, unknown>>, token?: Readonly<Record<string, unknown>>) =>
  personOf({
    rawPath: '/',
    headers: token === undefined ? {} : { authorization: `Bearer ${part({ alg: 'RS256' })}.${part(token)}.signature` },
    isBase64Encoded: false,
    requestContext: { requestId: '1', authorizer: { jwt: { claims } } },
  })?.groups

describe('the groups that the gateway hands on', () => {
  test.each([
    ['[a b]', ['a', 'b']],
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
  test('a list of no group is no group', () => {
    expect(groupsOf({ sub: 'bob', groups: '[]' }, { sub: 'bob', groups: [] })).toEqual([])
  })
  test('another subject’s token says nothing', () => {
    expect(groupsOf({ sub: 'bob', groups: '[guests]' }, { sub: 'eve', groups: ['security'] })).toEqual(['guests'])
  })
})

test('nobody is nobody', () => {
  expect(groupsOf({})).toBeUndefined()
  expect(groupsOf({ sub: '' })).toBeUndefined()
})
