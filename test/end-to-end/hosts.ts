import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import type { Stack } from '../../shared/kernel/index.ts'
import type { OnePlatform } from './one-platform.ts'

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** A compact JWS by an Ed25519 key, with whatever header is wanted. */
export const jws = (payload: unknown, key: KeyObject, header: Readonly<Record<string, unknown>>): string => {
  const signed = `${part(header)}.${part(payload)}`
  return `${signed}.${sign(null, Buffer.from(signed), key).toString('base64url')}`
}

export type Host = { readonly id: string; readonly fleet: string; readonly key: KeyObject; readonly publicKey: string }

export const newHost = (id: string, fleet: string): Host => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  return { id, fleet, key: privateKey, publicKey: String(publicKey.export({ format: 'jwk' }).x) }
}

const header = (host: Host) => ({ alg: 'EdDSA', kid: host.id })

/** What a host sends to be enrolled. */
export const enrolment = (host: Host, signer = host.key) => ({
  host: host.id,
  publicKey: host.publicKey,
  proof: jws({ host: host.id, fleet: host.fleet, at: Date.now() }, signer, header(host)),
})

/** A host's own token, that lives for so many seconds from now. */
export const hostToken = (host: Host, seconds = 120, signer = host.key): string => {
  const at = Math.floor(Date.now() / 1000)
  return jws({ iss: host.id, aud: 'supersede', iat: Math.min(at, at + seconds - 1), exp: at + seconds }, signer, header(host))
}

const NO_LIVEPATCH: Stack = { kernelRelease: '6.1.0-50-amd64', livepatches: [], resident: [], targets: [], forced: false }

/** A signed report of a host that runs no livepatch, or what is said of it. */
export const reportOf = (host: Host, sequence: number, signer = host.key, stack: Partial<Stack> = {}): string =>
  jws(
    {
      schema: 'supersede.report/1',
      host: host.id,
      fleet: host.fleet,
      sequence,
      at: Date.now(),
      bootId: 'boot',
      state: 'unapplied',
      stack: { ...NO_LIVEPATCH, ...stack },
      change: null,
      refusal: null,
      directiveVersion: 0,
    },
    signer,
    header(host),
  )

/** One-time enrolment tokens of a fleet. */
export const issueTokens = async ({ ask }: OnePlatform, fleet: string, count: number): Promise<readonly string[]> => {
  const { body } = await ask('issue-enrolments', { as: 'alice', path: { fleet }, body: { count } })
  return Array.isArray(body['tokens']) ? body['tokens'].map(String) : []
}
