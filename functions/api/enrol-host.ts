import * as z from 'zod'
import { sha256 } from '../../shared/canonical/index.ts'
import { EnrolmentProof, FleetId, type Host, HostId, PublicKey } from '../../shared/fleet/index.ts'
import { planDefaults, WORKFLOW_PRINCIPAL } from '../../shared/policy/index.ts'
import { bucketOf } from '../../shared/rollout/index.ts'
import { leaveFor } from '../append-change.ts'
import { isSignedBy, readHostSignature } from '../host-signature.ts'
import { created, type Outcome } from '../http/answer.ts'
import { type Problem, problem } from '../http/problem.ts'
import { type InputOf, nothing } from '../http/request-shape.ts'
import type { OpenCall } from '../http/serve.ts'
import type { Ports } from '../ports.ts'
import { stableId } from '../stable-id.ts'

const PROOF_CHARACTERS_MAX = 4_096
/** How far the host's clock may be off. */
const PROOF_SECONDS_MAX = 600

export const shape = {
  path: z.object({ fleet: FleetId }),
  query: nothing,
  body: z.strictObject({ host: HostId, publicKey: PublicKey, proof: z.string().max(PROOF_CHARACTERS_MAX) }),
}
type Call = OpenCall<InputOf<typeof shape>>
export type EnrolPorts = Pick<Ports, 'ledger' | 'fleets' | 'policy' | 'signingKey'>

/** That the key is the host's own: it has signed who it is and where it wants to go, just now. */
const proofProblem = ({ at, input: { path, body } }: Call): Problem | null => {
  const refuse = (detail: string) => problem('bad-proof', detail)
  const signature = readHostSignature(body.proof, PROOF_CHARACTERS_MAX)
  if (!signature || signature.kid !== body.host) return refuse('Send as `proof` a compact JWS with alg EdDSA and the host’s id as kid.')
  if (!isSignedBy(signature, body.publicKey)) return refuse('Sign the proof with the private half of `publicKey`.')
  const proof = EnrolmentProof.safeParse(signature.payload)
  if (!proof.success || proof.data.host !== body.host || proof.data.fleet !== path.fleet)
    return refuse('Sign exactly {host, fleet, at} of this enrolment.')
  if (Math.abs(proof.data.at - at) > PROOF_SECONDS_MAX * 1_000)
    return refuse('Set the host’s clock: the proof’s time is more than 10 minutes off.')
  return null
}

const newHost = ({ at, input: { path, body } }: Call): Host => ({
  id: body.host,
  fleet: path.fleet,
  publicKey: body.publicKey,
  enrolledAt: new Date(at).toISOString(),
  bucket: bucketOf(body.host),
  sequence: 0,
  state: 'unapplied',
  bootId: null,
  fresh: false,
  stackDigest: null,
  stack: null,
  change: null,
  refusal: null,
  transition: null,
  clearance: null,
  between: null,
  lastSeenAt: null,
})

/** Uses up a one-time token and takes the host in. The same host with the same token and key again is answered the same. */
export const enrolHost =
  ({ ledger, fleets, policy, signingKey }: EnrolPorts) =>
  async (call: Call): Promise<Outcome> => {
    const { at, bearer, input } = call
    const badToken = problem(
      'bad-enrolment-token',
      'Send `Authorization: Bearer` with an unused enrolment token of this fleet; an operator issues them.',
    )
    if (bearer === null) return badToken
    const proof = proofProblem(call)
    if (proof) return proof
    const host = newHost(call)
    const { fleet } = host
    const tokenHash = sha256(bearer)
    const enrolled = await fleets.enrol({ fleet, tokenHash, host, at })
    if (!enrolled.ok && enrolled.error === 'bad-token') return badToken
    if (!enrolled.ok) return problem('host-exists', `Choose another id: a host ${host.id} was enrolled before.`, { host: host.id })
    await policy.refresh()
    const decision = leaveFor({ policy }, { principal: WORKFLOW_PRINCIPAL, action: 'enrolHost', resource: { type: 'Fleet', id: fleet } })
    const event = { type: 'enrolled', host: host.id, fleet, publicKey: host.publicKey }
    await ledger.record({
      stream: `host#${host.id}`,
      event,
      actor: host.id,
      at,
      commitId: stableId(`enrolled ${host.id} ${tokenHash}`),
      decision,
    })
    const directiveKey = { keyId: signingKey.keyId, publicKey: await signingKey.publicKey() }
    const told = {
      host: host.id,
      fleet,
      bucket: host.bucket,
      directiveKey,
      pollSeconds: (await fleets.summary(fleet))?.pollSeconds ?? planDefaults.pollSeconds,
    }
    return created(`/hosts/${input.body.host}/history`, told)
  }
