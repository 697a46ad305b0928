import { type ChangeEvent, WORKFLOW } from '../shared/change/index.ts'
import { changeResource, type Decision, type Request, WORKFLOW_PRINCIPAL } from '../shared/policy/index.ts'
import type { KeptAnswer, Loaded } from '../shared/store/index.ts'
import type { Ports } from './ports.ts'

/** What is to be written, or that nothing is and why. */
export type Intent<R> =
  | {
      readonly events: readonly ChangeEvent[]
      readonly actor: string
      readonly decision: Decision
      /** The lifecycle's leave, where a release stands beside the actor's own events. */
      readonly moves?: Decision | undefined
    }
  | { readonly settled: R }

/** For what is answered when it is appended: its answer goes with it. `answered`: what to settle for where its key has an answer already. */
export type Keeping<R> = { readonly keep: (loaded: Loaded) => Promise<KeptAnswer>; readonly answered: R }

export type Appended<R> = { readonly loaded: Loaded } | { readonly settled: R }

/** Thrown where writers kept coming first. Whoever asked may ask again; nothing was written. */
export class TooManyConflicts extends Error {
  override name = 'TooManyConflicts'
}

const ATTEMPTS_MAX = 8

/**
 * Loads a change, decides, and appends what was decided; when somebody else was first, loads and decides again. A decision is never written
 * over a state that it has not seen. `seen`: the change as it was a moment ago, tried first, since an append on an outdated state conflicts;
 * that nothing is to be written is believed of the newest state only. Where the policies moved in between, it decides again under those in
 * force then. Null: there is no such change.
 */
export const appendChange = async <R>(
  { ledger, policy, now, newId }: Pick<Ports, 'ledger' | 'policy' | 'now' | 'newId'>,
  id: string,
  decide: (loaded: Loaded) => Intent<R> | Promise<Intent<R>>,
  seen: Loaded | null = null,
  keeping?: Keeping<R>,
): Promise<Appended<R> | null> => {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const early = attempt === 0 && seen ? await decide(seen) : null
    const loaded = early && 'events' in early ? seen : await ledger.loadChange(id)
    if (!loaded) return null
    const intent = early && 'events' in early ? early : await decide(loaded)
    if ('settled' in intent) return intent
    const at = now()
    const { version: expected, lastHash } = loaded
    const written = await ledger.appendChange({ id, expected, lastHash, ...intent, at, commitId: newId(at), keeping: keeping?.keep })
    if (written.ok) return { loaded: written.loaded }
    if (written.error === 'answered' && keeping) return { settled: keeping.answered }
    if (written.error === 'policy-moved') await policy.refresh()
    else if (written.error !== 'conflict') throw new Error(`appending to ${id}: ${written.error}`)
  }
  throw new TooManyConflicts(`others kept writing to ${id}`)
}

type LifecycleAction = 'judgeChange' | 'expireChange' | 'fillWave' | 'passWave' | 'haltChange' | 'completeChange'

/** The workflow's own leave. The house rules let it run its lifecycle; without that nothing can go on, which halts it closed. */
export const leaveOf = ({ policy }: Pick<Ports, 'policy'>, action: LifecycleAction, { change }: Loaded): Decision =>
  leaveFor({ policy }, { principal: WORKFLOW_PRINCIPAL, action, resource: changeResource(change) })

export const leaveFor = ({ policy }: Pick<Ports, 'policy'>, request: Request): Decision => {
  const answer = policy.authorize(request)
  if (answer.allowed) return answer.decision
  throw new Error(`policy refuses ${request.action}: ${answer.reasons.join(' ')}`)
}

/** Events that the workflow appends by itself. */
export const byWorkflow = (events: readonly ChangeEvent[], decision: Decision) => ({ events, actor: WORKFLOW, decision })
