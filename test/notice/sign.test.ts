import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { secretText, signatureOf, signedHeaders } from '../../shared/notice/index.ts'
import { isSigned } from './receiver-double.ts'

const SECRET = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64')

describe('Standard Webhooks', () => {
  test('the vector of its own libraries comes out', () => {
    expect(signatureOf('msg_p5jXN8AQM9LWM0D4loKWxJek', 1614265330, '{"test": 2432232314}', SECRET)).toBe(
      'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    )
    expect(secretText(SECRET)).toBe('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')
  })

  test('whoever has one of the secrets verifies it, whoever has another or sees another body does not', () => {
    const secret = fc.uint8Array({ minLength: 24, maxLength: 64 })
    fc.assert(
      fc.property(
        fc.uniqueArray(secret, { minLength: 2, maxLength: 3, comparator: (a, b) => Buffer.compare(a, b) === 0 }),
        fc.string(),
        ([other, ...secrets], body) => {
          const heard = { path: '/', headers: signedHeaders('msg_1', 1_700_000_000, body, secrets), body }
          for (const one of secrets) expect(isSigned(heard, secretText(one))).toBe(true)
          expect(isSigned(heard, secretText(other ?? new Uint8Array()))).toBe(false)
          expect(isSigned({ ...heard, body: `${body} ` }, secretText(secrets[0] ?? new Uint8Array()))).toBe(false)
        },
      ),
      { numRuns: 50 },
    )
  })
})
