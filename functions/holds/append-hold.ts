import { type HoldOutcome, holdResource } from '../../shared/policy/index.ts'
import type { LoadedHold } from '../../shared/store/index.ts'
import { TooManyConflicts } from '../append-change.ts'
import { principalOf, type Question } from '../http/admission.ts'
import { type Problem, problem } from '../http/problem.ts'
import type { PersonCall } from '../http/serve.ts'
import type { Ports } from '../ports.ts'

const ATTEMPTS_MAX = 8

export const unknownHold = (id: string): Problem =>
  problem('unknown-hold', `Look for the hold with \`GET /holds?all=true\`; ${JSON.stringify(id)} is none.`)

/** About one hold: loaded strongly consistent, because it is decided on its owner. */
export const aboutHold =
  (action: 'liftHold' | 'extendHold') =>
  ({ holds }: Pick<Ports, 'holds'>): Question<{ readonly path: { readonly hold: string } }> =>
  async ({ path }, person) => {
    const loaded = await holds.load(path.hold)
    return loaded ? { principal: principalOf(person), action, resource: holdResource(loaded.hold) } : unknownHold(path.hold)
  }

const refusedProblem = (refused: Extract<HoldOutcome, { ok: false }>): Problem =>
  refused.refused === 'lifted' || refused.refused === 'expired'
    ? problem('hold-ended', refused.detail, { reason: refused.refused })
    : problem('invalid-input', refused.detail, { reason: refused.refused })

/**
 * Loads a hold, decides, appends; when somebody else was first, once more. `decide` answers `done` where the hold says already what was asked. It
 * decides on what is now (epoch milliseconds), also where the request repeats one that died: what ended in between stays ended.
 */
export const appendHold = async (
  { holds, now }: Pick<Ports, 'holds' | 'now'>,
  { id: commitId, at, person, decision }: Pick<PersonCall<unknown>, 'id' | 'at' | 'person' | 'decision'>,
  id: string,
  decide: (loaded: LoadedHold | null, now: number) => HoldOutcome | 'done',
): Promise<LoadedHold | Problem> => {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const loaded = await holds.load(id)
    const outcome = decide(loaded, Math.max(at, now()))
    if (outcome === 'done') return loaded ?? unknownHold(id)
    if (!outcome.ok) return refusedProblem(outcome)
    const written = await holds.append({ id, loaded, event: outcome.event, actor: person.id, at, commitId, decision })
    if (written.ok) return written.loaded
  }
  throw new TooManyConflicts(`others kept writing to hold ${id}`)
}
