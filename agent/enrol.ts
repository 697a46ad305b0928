import * as z from 'zod'
import type { HttpClient } from './http-client.ts'
import { createIdentity, Identity, signerOf } from './identity.ts'
import { newState } from './state.ts'
import type { Storage } from './storage.ts'

const Enrolled = z.object({
  host: z.string(),
  fleet: z.string(),
  bucket: z.int(),
  directiveKey: z.object({ keyId: z.string().min(1), publicKey: z.string().min(1) }),
  pollSeconds: z.number().positive(),
})

const Problem = z.object({ title: z.string().optional(), detail: z.string().optional() })

const ANSWER_BYTES_MAX = 64 * 1024

export type EnrolOptions = {
  readonly server: string
  readonly fleet: string
  /** Works once. */
  readonly token: string
  readonly host: string
  readonly http: HttpClient
  readonly storage: Storage
  /** Epoch milliseconds. */
  readonly now: number
}

const text = (body: Uint8Array): string => Buffer.from(body).toString('utf8')

const whyRefused = (status: number, body: string): string => {
  try {
    const { detail, title } = Problem.parse(JSON.parse(body))
    return `${status} ${detail ?? title ?? ''}`.trim()
  } catch {
    return `${status}`
  }
}

/** The identity of a folder that was enrolled before; null for a new one. */
export const enrolledIdentity = async (storage: Storage): Promise<Identity | null> => {
  const [identity, state] = [await storage.read('identity'), await storage.read('state')]
  return identity === null || state === null ? null : Identity.parse(identity)
}

/**
 * Makes the host's key, unless an earlier attempt has, and hands its public half in with a one-time token. The key is on disk before
 * the request, so an answer that got lost is no lost host. Throws with the control plane's reason where it refuses.
 */
export const enrol = async ({ server, fleet, token, host, http, storage, now }: EnrolOptions): Promise<Identity> => {
  const earlier = await storage.read('identity')
  const identity = earlier === null ? createIdentity(host, fleet) : Identity.parse(earlier)
  if (earlier === null) await storage.write('identity', identity)
  const signer = await signerOf(identity)
  const body = JSON.stringify({ host: identity.host, publicKey: identity.key.x, proof: await signer.proof(now) })
  const answer = await http.post(
    `${server}/fleets/${encodeURIComponent(fleet)}/hosts`,
    { authorization: `Bearer ${token}` },
    body,
    ANSWER_BYTES_MAX,
  )
  if (answer.status !== 201 && answer.status !== 200)
    throw new Error(`enrolment was refused: ${whyRefused(answer.status, text(answer.body))}`)
  const { directiveKey, pollSeconds } = Enrolled.parse(JSON.parse(text(answer.body)))
  await storage.write('state', newState({ ...directiveKey, pollSeconds }))
  return identity
}
