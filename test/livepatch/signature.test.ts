import { describe, expect, test } from '@jest/globals'
import * as fc from 'fast-check'
import { readDer } from '../../shared/livepatch/signature/der.ts'
import { built, certificate, read } from './module-files.ts'

const given = (...names: string[]) => names.map(name => certificate('built', name))
const signatureOf = (name: string, ...names: string[]) => read(built(name), { certificates: given(...names) }).signature

describe('the signature of a module', () => {
  test.each([
    [
      'signed_rsa',
      'rsa',
      {
        digestAlgorithm: 'sha256',
        signatureAlgorithm: 'rsaEncryption',
        signedAttributes: false,
        signer: { type: 'issuerAndSerialNumber', issuerCN: 'Test rsa key' },
      },
    ],
    [
      'signed_ec',
      'ec',
      { digestAlgorithm: 'sha256', signatureAlgorithm: 'ecdsa-with-SHA256', signedAttributes: false, signer: { issuerCN: 'Test ec key' } },
    ],
    ['signed_attributes', 'ec', { signedAttributes: true, signer: { issuerCN: 'Test ec key' } }],
    ['signed_key_id', 'rsa', { signer: { type: 'subjectKeyIdentifier', keyId: expect.stringMatching(/^[0-9A-F]{40}$/) } }],
    ['signed_twice', 'ec', { inner: true, signer: { issuerCN: 'Test ec key' } }],
  ])('%s: described, and intact under its certificate', (name, key, described) => {
    expect(signatureOf(name, key)).toMatchObject({
      present: true,
      container: 'PKCS#7',
      valid: true,
      signerMatched: true,
      trusted: true,
      ...described,
    })
  })

  test('another certificate does not match, and then nobody can say whether the bytes are intact', () => {
    expect(signatureOf('signed_rsa', 'ec')).toMatchObject({ signerMatched: false, valid: null, trusted: false })
  })

  test('of two signatures only the outer one counts', () => {
    expect(signatureOf('signed_twice', 'rsa')).toMatchObject({ signerMatched: false, valid: null })
    expect(read(built('signed_twice')).warnings.map(({ code }) => code)).toContain('signed-twice')
  })

  test.each(['signed_rsa', 'signed_ec', 'signed_key_id', 'signed_attributes'])('%s: one changed byte in the module breaks it', name => {
    const bytes = Uint8Array.from(built(name))
    const text = Buffer.from(bytes).indexOf('6.1.0-shape')
    bytes[text] = 0x37
    expect(read(bytes, { certificates: given('rsa', 'ec') }).signature).toMatchObject({ signerMatched: true, valid: false, trusted: false })
  })

  test('a signer that is only known is trusted where an anchor issued its certificate', () => {
    const [issued, root] = given('issued', 'root')
    const judge = (certificates: Parameters<typeof read>[1]) => read(built('signed_issued'), certificates).signature
    if (!issued || !root) throw new Error('no certificates')
    expect(judge({ certificates: [{ ...issued, anchor: false }] })).toMatchObject({ signerMatched: true, valid: true, trusted: false })
    expect(judge({ certificates: [{ ...issued, anchor: false }, root] })).toMatchObject({ signerMatched: true, valid: true, trusted: true })
    expect(
      judge({
        certificates: [
          { ...issued, anchor: false },
          { ...root, anchor: false },
        ],
      }),
    ).toMatchObject({ valid: true, trusted: false })
  })

  test('a file that is no certificate is a warning, not a failure', () => {
    const module = read(built('signed_rsa'), { certificates: [{ name: 'junk', bytes: 'junk' }, ...given('rsa')] })
    expect(module.signature).toMatchObject({ valid: true })
    expect(module.warnings.map(({ code }) => code)).toEqual(['bad-certificate'])
  })

  test('a certificate called __proto__ changes no prototype', () => {
    const [rsa] = given('rsa')
    const { signature } = read(built('signed_rsa'), { certificates: [{ name: '__proto__', bytes: rsa?.bytes ?? '' }] })
    expect(Object.keys(signature.withCertificates ?? {})).toEqual(['__proto__'])
    expect(Object.getPrototypeOf(signature.withCertificates)).toBe(Object.prototype)
  })
})

describe('DER', () => {
  test.each([
    ['an indefinite length', [0x30, 0x80, 0, 0]],
    ['a length that is not minimal', [0x04, 0x81, 0x01, 0x00]],
    ['a length with a leading zero', [0x04, 0x82, 0x00, 0x80, ...new Array<number>(128).fill(0)]],
    ['a value beyond its parent', [0x30, 0x03, 0x04, 0x04, 0x00]],
    ['bytes behind the value', [0x04, 0x00, 0x00]],
    ['a high tag number', [0x1f, 0x81, 0x01, 0x00]],
    ['nothing', []],
  ])('%s is refused', (_, bytes) => {
    expect(readDer(Uint8Array.from(bytes))).toBeNull()
  })

  test('17 levels are refused, 16 are read', () => {
    const nested = (levels: number): Uint8Array => {
      let value: number[] = [0x05, 0x00]
      for (let level = 0; level < levels; level += 1) value = [0x30, value.length, ...value]
      return Uint8Array.from(value)
    }
    expect(readDer(nested(16))).not.toBeNull()
    expect(readDer(nested(17))).toBeNull()
  })

  test('any bytes are read or refused, and what is read lies inside its parent', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), bytes => {
        const inside = (node: NonNullable<ReturnType<typeof readDer>>): boolean =>
          node.contentStart <= node.end &&
          node.children.every(child => child.start >= node.contentStart && child.end <= node.end && inside(child))
        const node = readDer(bytes)
        expect(node === null || (node.end === bytes.length && inside(node))).toBe(true)
      }),
    )
  })
})
