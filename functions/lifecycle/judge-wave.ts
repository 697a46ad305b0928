import { gateDueAt, type HaltCommand, isTerminal, nextWave, passWave, waveAt } from '../../shared/change/index.ts'
import { judgeWave as gate } from '../../shared/rollout/index.ts'
import type { Loaded } from '../../shared/store/index.ts'
import { appendChange, byWorkflow, type Intent, leaveOf } from '../append-change.ts'
import { publishDirective } from '../directive/publish-directive.ts'
import { liveDrift } from './drift-of.ts'
import { budgetHalt } from './evaluate-wave.ts'
import { type HaltPorts, haltChange } from './halt-change.ts'

export type JudgeWave = { readonly change: string; readonly wave: number }
export type Judged =
  | { readonly next: 'wave' | 'complete' | 'halted' | 'ended' }
  /** Asked before its time: the wave is open, or soaks, for as long yet. */
  | { readonly next: 'await'; readonly waveSecondsMax: number }
  | { readonly next: 'soak'; readonly soakSeconds: number }

type Stopped = { readonly judged: Judged } | { readonly halt: HaltCommand }

/** A clock that is behind the ledger's times is asked again after an hour, or what the plan has: soon enough where it was mended. */
const LOOK_SECONDS = 3_600

/**
 * What is left of the wave, by the ledger's times: null, and its gate is due. Whoever wakes the workflow may have no reason to, a stolen token may
 * have answered the wait; and of a second no clock is sure.
 */
const tooEarly = ({ change }: Loaded, wave: number, now: number): Judged | null => {
  const left = ((gateDueAt(change, wave) ?? 0) - now) / 1_000
  if (left < 1) return null
  const { waveSecondsMax, soakSeconds } = change.plan
  const seconds = (planned: number): number => Math.min(Math.ceil(left), Math.max(planned, LOOK_SECONDS))
  return waveAt(change, wave)?.state === 'soaking'
    ? { next: 'soak', soakSeconds: seconds(soakSeconds) }
    : { next: 'await', waveSecondsMax: seconds(waveSecondsMax) }
}

const goOn = ({ change }: Loaded): Judged => ({ next: nextWave(change) === null ? 'complete' : 'wave' })

const decide = async (ports: HaltPorts, wave: number, loaded: Loaded): Promise<Intent<Stopped>> => {
  const { change } = loaded
  if (isTerminal(change.status)) return { settled: { judged: { next: 'ended' } } }
  if (change.status === 'halted') return { settled: { judged: { next: 'halted' } } }
  if (change.rollout?.waves[wave]?.state === 'passed') return { settled: { judged: goOn(loaded) } }
  const early = tooEarly(loaded, wave, ports.now())
  if (early) return { settled: { judged: early } }
  const judgement = gate(change.plan, wave, await ports.fleets.slots(change.fleet, change.id))
  if (judgement.gate === 'halt') return { settled: { halt: budgetHalt(wave, judgement.detail) } }
  if (wave === change.plan.waves.length - 1 && (await liveDrift(ports, change)).length > 0) return { settled: { judged: { next: 'wave' } } }
  const outcome = passWave(change, { wave, counts: judgement.counts })
  // Paused and resumed while it soaked: the wave waits to be opened again, and is judged after that.
  return outcome.ok ? byWorkflow(outcome.events, leaveOf(ports, 'passWave', loaded)) : { settled: { judged: { next: 'wave' } } }
}

const publishOf = async (ports: HaltPorts, id: string): Promise<void> => {
  const loaded = await ports.ledger.loadChange(id)
  if (loaded) await publishDirective(ports, loaded.change)
}

/**
 * The gate at the end of a wave, and not before: every host of its share is counted, and one not heard from is silent. Stacks that appeared during a wave are
 * judged by the guard before the next one; behind the last none comes, so that one is opened again for them.
 */
export const judgeWave =
  (ports: HaltPorts) =>
  async ({ change: id, wave }: JudgeWave): Promise<Judged> => {
    const appended = await appendChange<Stopped>(ports, id, loaded => decide(ports, wave, loaded))
    if (!appended) throw new Error(`there is no change ${id}`)
    if ('loaded' in appended) return goOn(appended.loaded)
    if ('halt' in appended.settled) return { next: await haltChange(ports, id, appended.settled.halt) }
    // An abort and a pause tell the hosts by themselves; should they have died before they could, this does.
    const { next } = appended.settled.judged
    if (next === 'ended' || next === 'halted') await publishOf(ports, id)
    return appended.settled.judged
  }
