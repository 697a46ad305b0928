import { cohortRule, nothing, review } from '../rule.ts'
import type { InBetween } from '../verdict.ts'
import { listed, sample } from '../wording.ts'

const meanwhile = ({ exposes = [], secondsMin = 0 }: Partial<InBetween> = {}): string => {
  const duration = secondsMin === 0 ? '' : `, for at least ${secondsMin} s`
  return exposes.length === 0
    ? `no claimed fix is absent in between`
    : `${listed(exposes)} ${exposes.length === 1 ? 'is' : 'are'} not fixed in between${duration}`
}

export const wayBackNotAtomic = cohortRule({
  id: 'way-back-not-atomic',
  law: 'A way back that is no atomic replace is told before the hosts move, with what it exposes.',
  source: 'the guard of missing-callback, applied from the proposed livepatch to what runs now',
  judge: ({ livepatch, running, situation, wayBack }) => {
    if (situation !== 'load' || running.length === 0) return nothing
    if (wayBack.way !== 'disable-then-load' && wayBack.way !== 'bridge') return nothing
    const back = listed(running.map(({ manifest }) => manifest.name))
    const how =
      wayBack.way === 'bridge'
        ? `needs a bridge that would have to be built first`
        : `is to disable ${livepatch.name}, whose own callbacks then run, and to load ${back} afterwards; ${meanwhile(wayBack.byDisabling?.meanwhile)}`
    return review({
      message: `The way back from ${livepatch.name} to ${back} ${how}. It cannot be an atomic replace: ${listed(wayBack.reasons)}.`,
      evidence: {
        livepatch: livepatch.name,
        way: wayBack.way,
        back: running.map(({ manifest }) => manifest.name),
        reasons: wayBack.reasons,
        exposes: sample(wayBack.byDisabling?.meanwhile.exposes ?? []),
      },
      remedy: `Approve it knowing that way back, or prepare a newer livepatch that could be rolled out instead of going back.`,
    })
  },
})
