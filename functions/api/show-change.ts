import { onHouse, unknownChange } from '../http/admission.ts'
import { etagOf, type Outcome, ok } from '../http/answer.ts'
import { type InputOf, noBody, nothing } from '../http/request-shape.ts'
import type { PersonCall } from '../http/serve.ts'
import { noEarlier } from '../no-earlier.ts'
import type { Ports } from '../ports.ts'
import { askedOf, changeDocument, commitsOfChange, heldOf, needsOf, sinceOf, verdictDigestOf } from './change-document.ts'
import { changePath } from './path-schemas.ts'

export const shape = { path: changePath, query: nothing, body: noBody }
export const question = onHouse('viewChange')

export const showChange =
  (machine: Pick<Ports, 'ledger' | 'holds' | 'catalog' | 'fleets' | 'policy' | 'now'>) =>
  async ({ input: { path } }: PersonCall<InputOf<typeof shape>>): Promise<Outcome> => {
    const { ledger, catalog, fleets } = machine
    const loaded = await ledger.loadChange(path.change)
    if (!loaded) return unknownChange(path.change)
    const ports = noEarlier(machine, loaded)
    const { change, version } = loaded
    const verdictDigest = verdictDigestOf(change)
    const [verdict, slots, commits, held] = await Promise.all([
      verdictDigest === null ? null : catalog.verdict(verdictDigest),
      change.rollout === null ? [] : fleets.slots(change.fleet, change.id),
      commitsOfChange(ledger, change.id),
      heldOf(ports, change),
    ])
    const needs = needsOf(ports, change, verdict, held)
    const reviewers = askedOf(ports, change, verdict, held)
    const known = { needs, reviewers, since: sinceOf(ports, change), held, verdict, slots, commits }
    return ok(changeDocument(loaded, known), { etag: etagOf(version) })
  }
