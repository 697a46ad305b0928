import { type HaltCommand, isTerminal, nextWave, passWave } from '../../shared/change/index.ts'
import { judgeWave as gate } from '../../shared/rollout/index.ts'
import type { Loaded } from '../../shared/store/index.ts'
import { appendChange, byWorkflow, type Intent, leaveOf } from '../append-change.ts'
import { publishDirective } from '../directive/publish-directive.ts'
import { liveDrift } from './drift-of.ts'
import { type HaltPorts, haltChange } from './halt-change.ts'

export type JudgeWave = { readonly change: string; readonly wave: number }
export type Judged = { readonly next: 'wave' | 'complete' | 'halted' | 'ended' }

type Stopped = { readonly judged: Judged } | { readonly halt: HaltCommand }

const goOn = ({ change }: Loaded): Judged => ({ next: nextWave(change) === null ? 'complete' : 'wave' })

const decide = async (ports: HaltPorts, wave: number, loaded: Loaded): Promise<Intent<Stopped>> => {
  const { change } = loaded
  if (isTerminal(change.status)) return { settled: { judged: { next: 'ended' } } }
  if (change.status === 'halted') return { settled: { judged: { next: 'halted' } } }
  if (change.rollout?.waves[wave]?.state === 'passed') return { settled: { judged: goOn(loaded) } }
  const judgement = gate(change.plan, wave, await ports.fleets.slots(change.fleet, change.id))
  if (judgement.gate === 'halt') return { settled: { halt: { code: 'budget-exceeded', detail: `Wave ${wave + 1}: ${judgement.detail}.` } } }
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
 * The gate at the end of a wave: every host of its share is counted, and one not heard from is silent. Stacks that appeared during a wave are
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
