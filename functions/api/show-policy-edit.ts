import { onHouse } from '../http/admission.ts'
import { etagOf, type Outcome, ok } from '../http/answer.ts'
import { type InputOf, noBody, nothing } from '../http/request-shape.ts'
import type { PersonCall } from '../http/serve.ts'
import type { Ports } from '../ports.ts'
import { editDocument } from './edit-document.ts'
import { unknownEdit } from './edit-problems.ts'
import { editPath } from './path-schemas.ts'

export const shape = { path: editPath, query: nothing, body: noBody }
export const question = onHouse('viewPolicy')

export const showPolicyEdit =
  (ports: Pick<Ports, 'ledger' | 'policies' | 'policy'>) =>
  async ({ input: { path } }: PersonCall<InputOf<typeof shape>>): Promise<Outcome> => {
    const loaded = await ports.policies.loadEdit(path.edit)
    if (!loaded) return unknownEdit(path.edit)
    return ok(await editDocument(ports, loaded), { etag: etagOf(loaded.version) })
  }
