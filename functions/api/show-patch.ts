import { holdsInForce } from '../../shared/policy/index.ts'
import { onHouse } from '../http/admission.ts'
import { type Outcome, ok } from '../http/answer.ts'
import { problem } from '../http/problem.ts'
import { type InputOf, noBody, nothing } from '../http/request-shape.ts'
import type { PersonCall } from '../http/serve.ts'
import type { HoldsPorts } from '../situation-of.ts'
import { holdBrief } from './hold-document.ts'
import { digestPath } from './path-schemas.ts'

export const shape = { path: digestPath, query: nothing, body: noBody }
export const question = onHouse('viewPatch')

export const unknownLivepatch = (digest: string) =>
  problem('unknown-livepatch', `Look for the livepatch with \`GET /patches\`, or submit it; ${JSON.stringify(digest)} is none.`)

export const showPatch =
  ({ catalog, holds, now }: HoldsPorts) =>
  async ({ input: { path } }: PersonCall<InputOf<typeof shape>>): Promise<Outcome> => {
    const manifest = await catalog.manifest(path.digest)
    if (!manifest) return unknownLivepatch(path.digest)
    const standing = await holds.standing(now())
    const about = { fleet: '', livepatch: manifest.digest, series: manifest.series }
    return ok({ ...manifest, holds: holdsInForce(standing, about, now()).map(holdBrief) })
  }
