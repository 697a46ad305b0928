import { activeWave, openWave as decideOpenWave, type HaltCommand, isTerminal, nextWave } from '../../shared/change/index.ts'
import { waveLeave } from '../../shared/policy/index.ts'
import type { Loaded } from '../../shared/store/index.ts'
import type { Verdict } from '../../shared/verdict/index.ts'
import { appendChange, byWorkflow, type Intent } from '../append-change.ts'
import { publishDirective } from '../directive/publish-directive.ts'
import { situationOf } from '../situation-of.ts'
import { describeDrift, driftOf } from './drift-of.ts'
import { type HaltPorts, haltChange } from './halt-change.ts'

export type Opened = {
  /** `later`: a maintenance window opens in `waitSeconds`. */
  readonly next: 'await' | 'later' | 'halted' | 'ended'
  readonly wave: number
  readonly waveSecondsMax: number
  readonly soakSeconds: number
  readonly waitSeconds: number
}

type Stopped = { readonly opened: Opened } | { readonly halt: HaltCommand }

const answer = (next: Opened['next'], wave: number, { change }: Loaded, waitSeconds = 0): Opened => ({
  next,
  wave,
  waveSecondsMax: change.plan.waveSecondsMax,
  soakSeconds: change.plan.soakSeconds,
  waitSeconds,
})

const verdictOf = async ({ catalog }: HaltPorts, { change }: Loaded): Promise<Verdict> => {
  const verdict = change.review && (await catalog.verdict(change.review.bound.verdict))
  if (!verdict) throw new Error(`the verdict of ${change.id} is not in the catalog`)
  return verdict
}

/** What a directive has room for (its schema). */
const ADMITTED_MAX = 256
const tooManyStacks = ({ cohorts }: Verdict): HaltCommand | null =>
  cohorts.length <= ADMITTED_MAX
    ? null
    : {
        code: 'policy',
        detail: `The fleet has ${cohorts.length} different stacks and a directive admits ${ADMITTED_MAX}; split the fleet.`,
      }

/** The guard before each wave, then the wave. */
const decide = async (ports: HaltPorts, loaded: Loaded): Promise<Intent<Stopped>> => {
  const { change } = loaded
  const open = activeWave(change)
  if (isTerminal(change.status)) return { settled: { opened: answer('ended', 0, loaded) } }
  if (change.status === 'halted') return { settled: { opened: answer('halted', change.halt.wave ?? 0, loaded) } }
  if (open !== null) return { settled: { opened: answer('await', open, loaded) } }

  const verdict = await verdictOf(ports, loaded)
  const situation = await situationOf(ports, change)
  const leave = waveLeave(ports.policy.set(), change, verdict, situation)
  if (leave.allowed === 'later') {
    const waitSeconds = Math.ceil((leave.opensAt - situation.now) / 1_000)
    return { settled: { opened: answer('later', nextWave(change) ?? 0, loaded, waitSeconds) } }
  }
  if (!leave.allowed) return { settled: { halt: { code: 'policy', detail: `Policy holds the wave back: ${leave.reasons.join('; ')}.` } } }
  const drift = driftOf(change, verdict, await ports.fleets.cohorts(change.fleet))
  if (drift.length > 0) return { settled: { halt: { code: 'drift', detail: `${describeDrift(drift)}.` } } }

  const tooMany = tooManyStacks(verdict)
  if (tooMany) return { settled: { halt: tooMany } }

  const previous = await ports.fleets.directive(change.fleet)
  const outcome = decideOpenWave(change, { wave: nextWave(change) ?? 0, directiveVersion: (previous?.directive.version ?? 0) + 1 })
  if (!outcome.ok) throw new Error(`the next wave of ${change.id} does not open: ${outcome.detail}`)
  return byWorkflow(outcome.events, leave.decision)
}

/** Opens the next wave: guard, event, directive, in this order. Run again, it opens nothing twice and publishes what is due. */
export const openWave =
  (ports: HaltPorts) =>
  async ({ change: id }: { readonly change: string }): Promise<Opened> => {
    const appended = await appendChange<Stopped>(ports, id, loaded => decide(ports, loaded))
    if (!appended) throw new Error(`there is no change ${id}`)
    const loaded = 'loaded' in appended ? appended.loaded : await ports.ledger.loadChange(id)
    if (!loaded) throw new Error(`there is no change ${id}`)
    if ('settled' in appended && 'halt' in appended.settled)
      return answer(await haltChange(ports, id, appended.settled.halt), activeWave(loaded.change) ?? nextWave(loaded.change) ?? 0, loaded)
    await publishDirective(ports, loaded.change)
    return 'settled' in appended && 'opened' in appended.settled
      ? appended.settled.opened
      : answer('await', activeWave(loaded.change) ?? 0, loaded)
  }
