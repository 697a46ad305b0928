import { generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { digestOf } from '../../shared/canonical/index.ts'
import {
  isStopInForce,
  nextStopOrder,
  STOP_ORDER_KEY,
  type StopOrder,
  signingBytes,
  stopSigningBytes,
  verifyStopOrder,
} from '../../shared/rollout/index.ts'

const pair = generateKeyPairSync('ed25519')
const other = generateKeyPairSync('ed25519')
const keys = new Map([['k1', String(pair.publicKey.export({ format: 'jwk' }).x)]])
const NOW = 1_700_000_000_000
const DAY = 86_400_000

const order = (over: Partial<StopOrder> = {}): StopOrder => ({ ...nextStopOrder(null, { stopped: true, reason: 'r' }, NOW), ...over })
const signed = (value: object, key = pair.privateKey, bytes = stopSigningBytes) => ({
  order: value,
  keyId: 'k1',
  signature: sign(null, bytes(value), key).toString('base64'),
})
const outcome = (document: unknown, last: Parameters<typeof verifyStopOrder>[1]['last'] = null) => {
  const verified = verifyStopOrder(document, { keys, last })
  return verified.ok ? 'accepted' : verified.refused
}

describe('a stop order', () => {
  test('lies beside the directives of the fleets', () => {
    expect(STOP_ORDER_KEY).toBe('directives/stop.json')
  })

  const accepted = { version: 3, digest: digestOf(order({ version: 3 })) }
  test.each([
    ['the first one', 'accepted', signed(order()), null],
    ['a newer one', 'accepted', signed(order({ version: 4 })), accepted],
    ['the same again', 'accepted', signed(order({ version: 3 })), accepted],
    ['an older one', 'older-directive', signed(order({ version: 2 })), accepted],
    ['another under the same version', 'older-directive', signed(order({ version: 3, stopped: false })), accepted],
    ['an expired one, so that what it overtook stays overtaken', 'accepted', signed(order({ version: 4, expiresAt: 1 })), accepted],
    ['one of another key', 'bad-signature', signed(order(), other.privateKey), null],
    ['one under a key that nobody trusts', 'bad-signature', { ...signed(order()), keyId: 'k2' }, null],
    ['one signed as if it were a directive', 'bad-signature', signed(order(), pair.privateKey, signingBytes), null],
    ['one with a field more than was signed', 'bad-signature', { ...signed(order()), order: { ...order(), more: 1 } }, null],
    ['one of another schema', 'malformed-directive', signed({ ...order(), schema: 'supersede.stop/2' }), null],
    ['one for something else than everything', 'malformed-directive', signed({ ...order(), scope: 'fleet' }), null],
    ['what is no order', 'malformed-directive', null, null],
    [
      'what is nested without end',
      'malformed-directive',
      { order: { a: { a: { a: { a: { a: { a: { a: 1 } } } } } } }, keyId: 'k1', signature: '' },
      null,
    ],
  ] as const)('%s: %s', (_, expected, document, last) => {
    expect(outcome(document, last)).toBe(expected)
  })

  test('whatever comes, it is accepted or refused and never an exception', () => {
    fc.assert(fc.property(fc.anything(), document => outcome(document) !== 'accepted'))
  })

  test('ends by itself, at the latest after seven days', () => {
    const ends = (until?: number) =>
      nextStopOrder(null, { stopped: true, reason: 'r', ...(until !== undefined && { until }) }, NOW).expiresAt
    expect([ends(), ends(NOW + DAY), ends(NOW + 30 * DAY)]).toEqual([NOW + 7 * DAY, NOW + DAY, NOW + 7 * DAY])
    expect([isStopInForce(order(), NOW), isStopInForce(order(), NOW + 7 * DAY)]).toEqual([true, false])
    expect([isStopInForce(order({ stopped: false }), NOW), isStopInForce(null, NOW)]).toEqual([false, false])
  })

  test('follows the one before, also where the clock has jumped back', () => {
    const next = nextStopOrder(order({ version: 8, issuedAt: NOW }), { stopped: false, reason: 'over' }, NOW - DAY)
    expect(next).toMatchObject({ version: 9, issuedAt: NOW, stopped: false, reason: 'over' })
  })
})
