import {
  activeWave,
  type Change,
  openWave as decideOpenWave,
  type HaltCommand,
  isTerminal,
  nextWave,
  type Rejudged,
} from '../../shared/change/index.ts'
import { heldDetail, type Situation, waveLeave } from '../../shared/policy/index.ts'
import type { CohortCount, Loaded } from '../../shared/store/index.ts'
import type { Verdict } from '../../shared/verdict/index.ts'
import { appendChange, byWorkflow, type Intent } from '../append-change.ts'
import { publishDirective } from '../directive/publish-directive.ts'
import type { JudgePorts } from '../judged-on-fleet.ts'
import { noEarlier } from '../no-earlier.ts'
import { situationOf } from '../situation-of.ts'
import { describeDrift, driftOf, liveDrift } from './drift-of.ts'
import { type HaltPorts, haltChange } from './halt-change.ts'
import { rejudge } from './rejudge.ts'
import { verdictsOf } from './verdicts-of.ts'

export type OpenWavePorts = HaltPorts & JudgePorts

export type Opened = {
  /** `later`: a maintenance window opens in `waitSeconds`. `unreleased`: whoever woke the workflow had no reason to. */
  readonly next: 'await' | 'later' | 'unreleased' | 'halted' | 'ended'
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

/** What a directive has room for (its schema). */
const ADMITTED_MAX = 256
const tooManyStacks = (verdicts: readonly Verdict[]): HaltCommand | null => {
  const stacks = new Set(verdicts.flatMap(({ cohorts }) => cohorts.map(({ cohort }) => cohort))).size
  if (stacks <= ADMITTED_MAX) return null
  return { code: 'policy', detail: `The fleet has ${stacks} different stacks and a directive admits ${ADMITTED_MAX}; split the fleet.` }
}

const WORSE_TOLD_MAX = 3

/** The halt's sentence: which hosts are new, and in what it is worse. */
const worseText = (drift: readonly CohortCount[], worse: readonly string[]): string => {
  const more = worse.length > WORSE_TOLD_MAX ? `; and ${worse.length - WORSE_TOLD_MAX} more` : ''
  return `${describeDrift(drift)}. Judged again, it is worse than what was approved: ${worse.slice(0, WORSE_TOLD_MAX).join('; ')}${more}`
}

type Covered = { readonly verdicts: readonly Verdict[]; readonly rejudged?: Omit<Rejudged, 'at'> | undefined }

/** The verdicts that cover every live stack, a new one among them where there was drift; or the halt, where that is worse. */
const cover = async (ports: OpenWavePorts, change: Change): Promise<Covered | { readonly halt: HaltCommand }> => {
  const verdicts = await verdictsOf(ports, change)
  const [approved] = verdicts
  const drift = driftOf(change, verdicts, await ports.fleets.cohorts(change.fleet))
  if (drift.length === 0 || !approved) return { verdicts }
  const { verdict, rejudged } = await rejudge(ports, change, approved, drift)
  if (rejudged.worse.length > 0) return { halt: { code: 'drift', detail: worseText(drift, rejudged.worse), rejudged } }
  return { verdicts: [...verdicts, verdict], rejudged }
}

type Leave = ReturnType<typeof waveLeave>
const NO_LEAVE: Leave = { allowed: false, reasons: ['there is no verdict'], policies: [] }

/** Policy is asked about each verdict that hosts act on: a refusal holds the wave back, then a window that is not open yet. */
const leaveUnder = ({ policy }: OpenWavePorts, change: Change, verdicts: readonly Verdict[], situation: Situation): Leave => {
  const answers = verdicts.map(verdict => waveLeave(policy.set(), change, verdict, situation))
  return answers.find(({ allowed }) => allowed === false) ?? answers.find(({ allowed }) => allowed === 'later') ?? answers[0] ?? NO_LEAVE
}

/** What a person holds and what another rule holds back are told apart. */
const heldBack = (loaded: Loaded, leave: Exclude<Leave, { readonly allowed: true }>, { now, held }: Situation): Stopped => {
  if (leave.allowed === 'later')
    return { opened: answer('later', nextWave(loaded.change) ?? 0, loaded, Math.ceil((leave.opensAt - now) / 1_000)) }
  if (held.length > 0) return { halt: { code: 'held', detail: heldDetail(held) } }
  return { halt: { code: 'policy', detail: `Policy holds the wave back: ${leave.reasons.join('; ')}.` } }
}

/** The guard before each wave, then the wave. One that is open already stands in front of it again where stacks appeared meanwhile. */
const decide = async (machine: OpenWavePorts, loaded: Loaded): Promise<Intent<Stopped>> => {
  const { change } = loaded
  const ports = noEarlier(machine, loaded)
  const open = activeWave(change)
  if (isTerminal(change.status)) return { settled: { opened: answer('ended', 0, loaded) } }
  if (change.status === 'halted') return { settled: { opened: answer('halted', change.halt.wave ?? 0, loaded) } }
  if (change.rollout === null) return { settled: { opened: answer('unreleased', 0, loaded) } }
  if (open !== null && (await liveDrift(ports, change)).length === 0) return { settled: { opened: answer('await', open, loaded) } }

  const situation = await situationOf(ports, change)
  const held = leaveUnder(ports, change, await verdictsOf(ports, change), situation)
  if (held.allowed !== true) return { settled: heldBack(loaded, held, situation) }
  const covered = await cover(ports, change)
  if ('halt' in covered) return { settled: covered }
  if (open !== null && !covered.rejudged) return { settled: { opened: answer('await', open, loaded) } }
  const leave = leaveUnder(ports, change, covered.verdicts, situation)
  if (leave.allowed !== true) return { settled: heldBack(loaded, leave, situation) }
  const tooMany = tooManyStacks(covered.verdicts)
  if (tooMany) return { settled: { halt: tooMany } }

  const previous = await ports.fleets.directive(change.fleet)
  const directiveVersion = (previous?.directive.version ?? 0) + 1
  const outcome = decideOpenWave(change, { wave: nextWave(change) ?? 0, directiveVersion, rejudged: covered.rejudged })
  if (!outcome.ok) throw new Error(`the next wave of ${change.id} does not open: ${outcome.detail}`)
  return byWorkflow(outcome.events, leave.decision)
}

/** Opens the next wave: guard, event, directive, in this order. Run again, it opens nothing twice and publishes what is due. */
export const openWave =
  (ports: OpenWavePorts) =>
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
