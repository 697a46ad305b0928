import { WORKFLOW } from '../shared/change/index.ts'
import type { Edition, PolicyEditEvent } from '../shared/edition/index.ts'
import { baseOf, editResource, lapsed } from '../shared/edition/index.ts'
import { type Decision, WORKFLOW_PRINCIPAL } from '../shared/policy/index.ts'
import type { LoadedEdit } from '../shared/store/index.ts'
import { leaveFor, TooManyConflicts } from './append-change.ts'
import type { Ports } from './ports.ts'

/** What is to be written, or that nothing is and why. `enacts`: the edition that the edit becomes with it, by the leave `enacting`. */
export type EditIntent<R> =
  | {
      readonly events: readonly PolicyEditEvent[]
      readonly actor: string
      readonly decision: Decision
      readonly enacts: Edition | null
      readonly enacting?: Decision | undefined
    }
  | { readonly settled: R }

export type EditPorts = Pick<Ports, 'policies' | 'policy' | 'now' | 'newId'>

const ATTEMPTS_MAX = 8

/** The end that time or another edition brought it, on the lifecycle's word; null where it has none. */
const lapseOf = ({ policy, now }: EditPorts, { edit }: LoadedEdit): EditIntent<never> | null => {
  const outcome = lapsed(edit, baseOf(policy.active()), now())
  if (!outcome?.ok) return null
  const decision = leaveFor({ policy }, { principal: WORKFLOW_PRINCIPAL, action: 'expirePolicyEdit', resource: editResource(edit) })
  return { events: outcome.events, actor: WORKFLOW, decision, enacts: null }
}

/**
 * Loads an edit, decides, and appends what was decided; when somebody else was first, or other policies came into force, all of it again. An
 * edit whose time is over ends first, and is decided on as an ended one. Null: there is no such edit.
 */
export const appendEdit = async <R>(
  ports: EditPorts,
  id: string,
  decide: (loaded: LoadedEdit) => EditIntent<R> | Promise<EditIntent<R>>,
): Promise<{ readonly loaded: LoadedEdit } | { readonly settled: R } | null> => {
  const { policies, policy, now, newId } = ports
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const [loaded] = await Promise.all([policies.loadEdit(id), policy.refresh()])
    if (!loaded) return null
    const lapse = lapseOf(ports, loaded)
    const intent = lapse ?? (await decide(loaded))
    if ('settled' in intent) return intent
    const at = now()
    const { version: expected, lastHash } = loaded
    const written = await policies.appendEdit({ id, expected, lastHash, ...intent, at, commitId: newId(at) })
    if (!written.ok || lapse) continue
    if (intent.enacts) await policy.refresh()
    return { loaded: written.loaded }
  }
  throw new TooManyConflicts(`others kept writing to policy edit ${id}`)
}

/** Ends an edit whose time is over; does nothing to any other. */
export const lapseIfDue = async (ports: EditPorts, id: string): Promise<void> => {
  await appendEdit<null>(ports, id, () => ({ settled: null }))
}
