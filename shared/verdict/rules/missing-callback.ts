import { leftoverOf } from '../acceptable.ts'
import type { Bridge } from '../bridge.ts'
import type { CohortCase } from '../cohort-case.ts'
import type { Met, Obligation } from '../obligations.ts'
import { block, cohortRule, type Judgement, nothing, review } from '../rule.ts'
import { listed } from '../wording.ts'

const LEAVES_MAX = 4

const openOf = (account: readonly Met[]): readonly Obligation[] =>
  account.filter(({ by }) => by === 'nothing').map(({ obligation }) => obligation)

const bridging = (cohort: CohortCase, bridge: Bridge | null, names: string): string =>
  bridge
    ? `Build the bridge ${bridge.name} (series ${bridge.series}, version ${bridge.version}) that undoes it, and roll that out before ${cohort.livepatch.name}`
    : `No bridge leads to ${cohort.livepatch.name}, because it lacks a system state that ${names} declares`

const disabling = ({ byDisabling }: CohortCase, names: string): string => {
  if (!byDisabling?.proved) return `disabling ${names} first does not help (${listed(byDisabling?.reasons ?? [])})`
  const { exposes, secondsMin } = byDisabling.meanwhile
  const meanwhile = exposes.length === 0 ? 'all functions are original in between' : `${listed(exposes)} not fixed in between`
  const duration = secondsMin === 0 ? '' : `, for at least ${secondsMin} s`
  return `or propose it by the route disable-then-load: ${names} is disabled first, and its own callbacks run (${meanwhile}${duration})`
}

const ways = (cohort: CohortCase, open: readonly Obligation[], bridge: Bridge | null): string => {
  const names = listed(cohort.running.map(({ manifest }) => manifest.name))
  const adopts = open.map(({ text }) => text)
  return `${bridging(cohort, bridge, names)}; ${disabling(cohort, names)}; or, if ${cohort.livepatch.name} does handle it, state so: adopts ${adopts.join(', ')}.`
}

/** In full for a few, since this is what a person has to decide on. */
const leftBehind = (open: readonly Obligation[]): string => {
  const texts = open.slice(0, LEAVES_MAX).map(({ leaves }) => leaves)
  return [...texts, ...(open.length > LEAVES_MAX ? [`and ${open.length - LEAVES_MAX} more`] : [])].join('; ')
}

const evidenceOf = ({ byDisabling }: CohortCase, open: readonly Obligation[], bridge: Bridge | null): Judgement['evidence'] => ({
  livepatch: open[0]?.livepatch,
  object: open[0]?.object,
  callback: open[0]?.callback,
  leaves: open[0]?.leaves,
  obligations: open,
  bridge,
  route: byDisabling,
})

const blocked = (cohort: CohortCase, open: readonly Obligation[]): readonly Judgement[] => {
  if (open.length === 0) return nothing
  const { livepatch, bridge } = cohort
  return block({
    message: `Replacing by ${livepatch.name} would skip ${listed(open.map(({ text }) => text))}, and nothing in ${livepatch.name} makes up for it. Left behind: ${leftBehind(open)}.`,
    evidence: evidenceOf(cohort, open, bridge),
    remedy: ways(cohort, open, bridge),
  })
}

/** Accepted is not met: it is told, and the next change finds it open. */
const accepted = (cohort: CohortCase, open: readonly Obligation[]): readonly Judgement[] => {
  if (open.length === 0) return nothing
  const { livepatch, bridge } = cohort
  const texts = open.map(({ text }) => text)
  return review({
    message: `Replacing by ${livepatch.name} skips ${listed(texts)}, and nothing in ${livepatch.name} makes up for it; the emergency accepts that. Left behind: ${leftBehind(open)}.`,
    evidence: { ...evidenceOf(cohort, open, bridge), accepted: open.map(leftoverOf) },
    remedy: `It stays open on these hosts until a later livepatch takes it over (adopts ${texts.join(', ')}) or they reboot.`,
  })
}

const judged = (cohort: CohortCase): readonly Judgement[] => {
  if (cohort.route !== 'replace') return nothing
  const open = openOf(cohort.account)
  const isAccepted = (obligation: Obligation): boolean => cohort.accepts.has(leftoverOf(obligation))
  return [
    ...blocked(
      cohort,
      open.filter(obligation => !isAccepted(obligation)),
    ),
    ...accepted(cohort, open.filter(isAccepted)),
  ]
}

export const missingCallback = cohortRule({
  id: 'missing-callback',
  law: 'On an atomic replace the callbacks of the replaced livepatches never run, so whatever they would have undone must be taken over.',
  source:
    'kernel/livepatch/transition.c: klp_complete_transition runs the callbacks of the new livepatch only; Documentation/livepatch/cumulative-patches.rst',
  judge: judged,
})
