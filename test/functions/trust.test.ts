import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { Verdict } from '../../shared/verdict/index.ts'
import { digestOfFile, enrol, report, stackOf } from './demo.ts'
import { type House, openHouse } from './house.ts'

const file = (path: string): Buffer => readFileSync(fileURLToPath(new URL(`../data/ko/${path}`, import.meta.url)))
const RSA = file('keys/rsa.pem').toString('utf8')
const OTHER = file('keys/other.pem').toString('utf8')
const FLEET = 'edge'

const ABOUT_SIGNATURES = ['unsigned', 'untrusted-signature', 'broken-signature']

const createFleet = (house: House, trust: readonly string[]) => house.ask('create-fleet', { as: 'alice', body: { id: FLEET, trust } })

/** Codes about the signature in the verdict of a module on a fleet that trusts these certificates. */
const judged = async (house: House, module: string, trust: readonly string[]): Promise<readonly string[]> => {
  expect((await createFleet(house, trust)).status).toBe(201)
  const [host] = await enrol(house, FLEET, 1)
  await report(house, FLEET, [host?.report({ stack: stackOf() }) ?? ''])
  const bytes = file(`given/${module}`)
  const body = { module: bytes.toString('base64'), statement: { series: 'signed', version: '1' } }
  expect((await house.ask('submit-patch', { as: 'alice', body })).status).toBe(201)
  const answer = await house.ask('simulate', { as: 'alice', body: { livepatch: digestOfFile(bytes), fleet: FLEET } })
  const { findings } = Verdict.parse(answer.body['verdict'] ?? answer.body)
  return findings.map(({ code }) => code).filter(code => ABOUT_SIGNATURES.includes(code))
}

const CASES = [
  ['a good signature by a trusted key is no finding', 'lp_signed_sha256.ko', [RSA], []],
  ['nor is one of a compressed module', 'lp_signed_sha256.ko.xz', [RSA], []],
  ['a key that the fleet does not trust is', 'lp_signed_other.ko', [RSA], ['untrusted-signature']],
  ['the same key, trusted, is not', 'lp_signed_other.ko', [RSA, OTHER], []],
  ['bytes that were changed after signing are blocked', 'lp_signed_tampered.ko', [RSA], ['broken-signature']],
  ['a fleet that names nobody has no opinion', 'lp_signed_tampered.ko', [], []],
  ['an unsigned module is said to be', 'lp_basic.ko', [RSA], ['unsigned']],
] as const

describe('a fleet says whose signatures it trusts', () => {
  // The given modules share a name, and a name is taken once a house.
  for (const [law, module, trust, codes] of CASES) {
    const house = openHouse()
    test(law, async () => {
      expect(await judged(house, module, trust)).toEqual(codes)
    })
  }

  const house = openHouse()
  test('what is no certificate is refused with a word on what to send', async () => {
    const answer = await createFleet(house, ['-----BEGIN CERTIFICATE-----\nnothing\n-----END CERTIFICATE-----'])
    expect([answer.status, answer.text]).toEqual([422, expect.stringContaining('send a certificate in PEM form')])
    expect((await house.ask('show-fleet', { as: 'dave', path: { fleet: FLEET } })).status).toBe(404)
  })
})
