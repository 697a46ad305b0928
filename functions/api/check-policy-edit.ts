import * as z from 'zod'
import { checkChanges, fleetOf } from '../../shared/edition/index.ts'
import { PastChange, type PolicySet, replayRelease } from '../../shared/policy/index.ts'
import { onHouse } from '../http/admission.ts'
import { type Outcome, ok } from '../http/answer.ts'
import { type InputOf, nothing } from '../http/request-shape.ts'
import type { PersonCall } from '../http/serve.ts'
import { knownFleets } from '../known-fleets.ts'
import type { Ports } from '../ports.ts'
import { changeDocument, commitsOfChange, sinceOf, verdictDigestOf } from './change-document.ts'
import { differencesOf } from './edit-document.ts'
import { EDIT_BYTES_MAX, EditFiles } from './edit-files.ts'

const CHANGES_MAX = 100
const CHANGES = 25

export const shape = {
  path: nothing,
  query: nothing,
  bytesMax: EDIT_BYTES_MAX,
  body: z.strictObject({
    files: EditFiles,
    /** How many past changes are replayed, the newest ones; 0: none. */
    changes: z.int().min(0).max(CHANGES_MAX).default(CHANGES),
  }),
}
type Input = InputOf<typeof shape>

/** Nothing is proposed, and nothing told that whoever may look at policies and changes could not work out. */
export const question = onHouse('viewPolicy')

export type CheckEditPorts = Pick<Ports, 'ledger' | 'catalog' | 'fleets' | 'policy' | 'now'>

/** A change with its verdict, as it was decided on; null where it was not judged, so that there was nothing to decide. */
const pastOf = async (ports: CheckEditPorts, id: string) => {
  const loaded = await ports.ledger.loadChange(id)
  const digest = loaded && verdictDigestOf(loaded.change)
  const verdict = digest ? await ports.catalog.verdict(digest) : null
  if (!loaded || verdict === null) return null
  const commits = await commitsOfChange(ports.ledger, id)
  const known = { needs: [], held: [], reviewers: [], slots: [], since: sinceOf(ports, loaded.change), verdict, commits }
  return { past: PastChange.parse(changeDocument(loaded, known)), verdict }
}

type Past = NonNullable<Awaited<ReturnType<typeof pastOf>>>

/** What a release would still have needed before and after, by rule; null where both let it through, or neither. */
const otherwise = ({ past, verdict }: Past, before: PolicySet, after: PolicySet, now: number) => {
  const [then, thereafter] = [replayRelease(before, past, verdict, now), replayRelease(after, past, verdict, now)]
  if ((then.length === 0) === (thereafter.length === 0)) return null
  const turned = thereafter.length > 0 ? thereafter : then
  return {
    ...{ change: past.id, fleet: past.fleet, status: past.status, proposedAt: past.proposedAt },
    before: then.map(({ text }) => text),
    after: thereafter.map(({ text }) => text),
    policies: turned.flatMap(({ policy }) => policy ?? []),
  }
}

const replayed = async (ports: CheckEditPorts, after: PolicySet, { files, changes }: Input['body']) => {
  if (changes === 0) return { replayed: 0, otherwise: [] }
  const fleet = fleetOf(Object.keys(files)) ?? undefined
  const { items } = await ports.ledger.changes({ fleet }, { limit: changes })
  const pasts = (await Promise.all(items.map(({ id }) => pastOf(ports, id)))).filter(past => past !== null)
  const before = ports.policy.set()
  const now = ports.now()
  return { replayed: pasts.length, otherwise: pasts.flatMap(past => otherwise(past, before, after, now) ?? []) }
}

/** Whether an edit of the policies would be sound, what differs, and which past changes it would have decided otherwise. Proposes nothing. */
export const checkPolicyEdit =
  (ports: CheckEditPorts) =>
  async ({ input: { body } }: PersonCall<Input>): Promise<Outcome> => {
    const active = ports.policy.active()
    const checked = checkChanges(active, body.files, await knownFleets(ports, body.files))
    if (!checked.ok) return ok({ sound: false, faults: checked.faults, files: [], replayed: 0, otherwise: [] })
    const files = differencesOf(body, active.edition.files, active.floor.settings)
    return ok({ sound: true, faults: [], files, ...(await replayed(ports, checked.set, body)) })
  }
