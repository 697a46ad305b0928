import { generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { digestOf } from '../../shared/canonical/index.ts'
import { type Directive, signingBytes, type VerifyOptions, verifyDirective } from '../../shared/rollout/index.ts'
import { directive } from './examples.ts'

const keyPair = () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  return { x: publicKey.export({ format: 'jwk' }).x ?? '', privateKey }
}
const ours = keyPair()
const theirs = keyPair()

const signed = (value: Directive, { key = ours, keyId = 'k1' } = {}) => ({
  directive: value,
  keyId,
  signature: sign(null, signingBytes(value), key.privateKey).toString('base64'),
})
/** Signed by us though it is no directive, as a faulty control plane might. */
const signedAnyhow = (value: object) => ({
  directive: value,
  keyId: 'k1',
  signature: sign(null, signingBytes(value), ours.privateKey).toString('base64'),
})
const options: VerifyOptions = { keys: new Map([['k1', ours.x]]), fleet: 'edge', lastVersion: 7, now: 1_500_000 }
const outcome = (document: unknown, over: Partial<VerifyOptions> = {}) => {
  const verified = verifyDirective(document, { ...options, ...over })
  return verified.ok ? 'accepted' : verified.refused
}

describe('a signed directive', () => {
  test('is accepted with the next version, and the accepted value is the one that was signed', () => {
    expect(verifyDirective(signed(directive({ version: 8 })), options)).toEqual({ ok: true, directive: directive({ version: 8 }) })
  })

  test.each([
    ['the same version with the same text', 'accepted', {}],
    ['a version that was overtaken', 'older-directive', { lastVersion: 8 }],
    ['a first directive', 'accepted', { lastVersion: 0 }],
    ['one that ends now', 'expired-directive', { now: 2_000_000 }],
    ['one for another fleet', 'wrong-fleet', { fleet: 'core' }],
    ['one under a key that nobody trusts', 'bad-signature', { keys: new Map() }],
    ['one under a trusted name but by another key', 'bad-signature', { keys: new Map([['k1', theirs.x]]) }],
  ] as const)('%s: %s', (_, expected, over) => {
    expect(outcome(signed(directive()), { lastDigest: digestOf(directive()), ...over })).toBe(expected)
  })

  test('another text under the version that was accepted last is refused', () => {
    const forked = signed(directive({ stopped: true }))
    expect(outcome(forked, { lastDigest: digestOf(directive()) })).toBe('older-directive')
  })

  test('older or expired or foreign, a forged one is refused for its signature: its fields are not believed', () => {
    for (const over of [{ version: 1 }, { expiresAt: 1 }, { fleet: 'core' }])
      expect(outcome(signed(directive(over), { key: theirs }))).toBe('bad-signature')
  })

  test('what is signed is short, however many stacks are admitted, and says what it is', () => {
    const { ask } = directive()
    const admitted = Array.from({ length: 256 }, (_, index) => String(index).padStart(64, '0'))
    const large = directive({ version: 8, ask: ask && { ...ask, admitted } })
    expect(Buffer.from(signingBytes(large)).toString()).toBe(`supersede.directive/1 sha256:${digestOf(large)}`)
    expect(outcome(signed(large))).toBe('accepted')
  })

  test('one changed bit anywhere in document or signature is refused', () => {
    const whole = JSON.stringify(signed(directive()))
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(6), (position, bit) => {
        const bytes = Buffer.from(whole, 'latin1')
        bytes[position] = (bytes[position] ?? 0) ^ (1 << bit)
        const text = bytes.toString('latin1')
        let document: unknown
        try {
          document = JSON.parse(text)
        } catch {
          return
        }
        if (digestOf(document) === digestOf(JSON.parse(whole))) return
        expect(['bad-signature', 'malformed-directive']).toContain(outcome(document))
      }),
      { numRuns: 400 },
    )
  })

  test('an added member that was not signed is refused', () => {
    const document = signed(directive())
    expect(outcome({ ...document, directive: { ...document.directive, extra: 1 } })).toBe('bad-signature')
  })

  test('the same signature in another spelling of base64 is refused', () => {
    const document = signed(directive())
    for (const spelling of [document.signature.replace(/=+$/, ''), `${document.signature} `, document.signature.replaceAll('/', '_')])
      if (spelling !== document.signature) expect(outcome({ ...document, signature: spelling })).toBe('bad-signature')
  })

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'directive'],
    ['an empty object', {}],
    ['a directive without an envelope', directive()],
    ['a list in place of the directive', { directive: [], keyId: 'k1', signature: '' }],
    ['a signed object that is no directive', signedAnyhow({ schema: 'supersede.directive/1' })],
    ['a share beyond the fleet', signedAnyhow({ ...directive(), ask: { ...directive().ask, share: 10_001 } })],
    ['a version that is no whole number', signedAnyhow({ ...directive(), version: 7.5 })],
    [
      'a document nested a hundred thousand times',
      { directive: { a: JSON.parse('['.repeat(100_000) + ']'.repeat(100_000)) }, keyId: 'k1', signature: '' },
    ],
  ])('%s is malformed', (_, document) => {
    expect(outcome(document)).toBe('malformed-directive')
  })
})
