import { onHouse, unknownChange } from '../http/admission.ts'
import { type Outcome, ok } from '../http/answer.ts'
import { problem } from '../http/problem.ts'
import { type InputOf, noBody, nothing } from '../http/request-shape.ts'
import type { PersonCall } from '../http/serve.ts'
import type { Ports } from '../ports.ts'
import { verdictDigestOf } from './change-document.ts'
import { changePath } from './path-schemas.ts'

export const shape = { path: changePath, query: nothing, body: noBody }
export const question = onHouse('viewChange')

export const showVerdict =
  ({ ledger, catalog }: Pick<Ports, 'ledger' | 'catalog'>) =>
  async ({ input: { path } }: PersonCall<InputOf<typeof shape>>): Promise<Outcome> => {
    const loaded = await ledger.loadChange(path.change)
    if (!loaded) return unknownChange(path.change)
    const digest = verdictDigestOf(loaded.change)
    const verdict = digest === null ? null : await catalog.verdict(digest)
    if (!verdict) return problem('no-verdict-yet', 'Ask again in a moment: the change is still being judged.')
    return ok({ change: loaded.change.id, digest, verdict })
  }
