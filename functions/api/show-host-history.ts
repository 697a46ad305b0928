import { currentApprovals } from '../../shared/change/index.ts'
import type { HostFact } from '../../shared/fleet/index.ts'
import { onHouse } from '../http/admission.ts'
import { type Outcome, ok } from '../http/answer.ts'
import { type InputOf, noBody, paging } from '../http/request-shape.ts'
import type { PersonCall } from '../http/serve.ts'
import type { Ports } from '../ports.ts'
import { hostDocument, unknownHost } from './host-document.ts'
import { hostPath } from './path-schemas.ts'

export const shape = { path: hostPath, query: paging, body: noBody }
export const question = onHouse('viewHistory')

/** By whose word a change reached hosts. */
const wordOf = async (ledger: Ports['ledger'], id: string) => {
  const loaded = await ledger.loadChange(id)
  if (!loaded) return null
  const { livepatch, proposer } = loaded.change
  const approvedBy = currentApprovals(loaded.change).map(({ by, at }) => ({ id: by.id, name: by.name, at }))
  return { id, livepatch, proposer: { id: proposer.id, name: proposer.name }, approvedBy }
}

const factDocument = ({ sequence, trueAt, learnedAt, state, stackDigest, transition, between, livepatches }: HostFact) => ({
  sequence,
  trueAt,
  learnedAt,
  state,
  cohort: stackDigest,
  transition,
  between,
  livepatches,
})

/** What ran on a host over time, and by whose approval. */
export const showHostHistory =
  ({ ledger, fleets }: Pick<Ports, 'ledger' | 'fleets'>) =>
  async ({ input: { path, query } }: PersonCall<InputOf<typeof shape>>): Promise<Outcome> => {
    const host = await fleets.host(path.host)
    if (!host) return unknownHost(path.host)
    const page = await fleets.hostHistory(path.host, query)
    const changes = [...new Set(page.items.flatMap(({ change }) => change ?? []))]
    const words = new Map(await Promise.all(changes.map(async id => [id, await wordOf(ledger, id)] as const)))
    const items = page.items.map(fact => ({
      ...factDocument(fact),
      change: fact.change === null ? null : (words.get(fact.change) ?? null),
    }))
    return ok({ host: hostDocument(host), items, ...(page.next === undefined ? {} : { next: page.next }) })
  }
