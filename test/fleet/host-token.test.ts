import { describe, expect, test } from '@jest/globals'
import { EnrolmentProof, HostId, HostSignatureHeader, HostTokenClaims, PublicKey } from '../../shared/fleet/index.ts'

const claims = { iss: 'host-1', aud: 'supersede', iat: 1_000, exp: 1_300 }

describe('what a host signs', () => {
  test.each([
    ['a token of five minutes', HostTokenClaims, claims, true],
    ['a token of five minutes and a second', HostTokenClaims, { ...claims, exp: 1_301 }, false],
    ['a token that ends before it begins', HostTokenClaims, { ...claims, exp: 999 }, false],
    ['a token for somebody else', HostTokenClaims, { ...claims, aud: 'elsewhere' }, false],
    ['a token without an end', HostTokenClaims, { ...claims, exp: undefined }, false],
    ['a header with EdDSA', HostSignatureHeader, { alg: 'EdDSA', kid: 'host-1' }, true],
    ['a header without an algorithm', HostSignatureHeader, { alg: 'none', kid: 'host-1' }, false],
    ['an id with a separator of keys', HostId, 'host#1', false],
    ['an id with a path', HostId, '../host', false],
    ['a key of 32 bytes', PublicKey, 'A'.repeat(43), true],
    ['a key of 31 bytes', PublicKey, 'A'.repeat(42), false],
    ['a proof of enrolment', EnrolmentProof, { host: 'host-1', fleet: 'edge', at: 1 }, true],
    ['a proof without a fleet', EnrolmentProof, { host: 'host-1', at: 1 }, false],
  ] as const)('%s', (_, schema, value, accepted) => {
    expect(schema.safeParse(value).success).toBe(accepted)
  })
})
