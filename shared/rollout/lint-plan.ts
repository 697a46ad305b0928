import { BUCKETS, type Plan } from './plan.ts'
import { type SlotTally, waveCounts } from './wave-counts.ts'

type CohortSize = { readonly cohort: string; readonly hosts: number }

const percent = (share: number) => `${share / 100} %`

const growing = (plan: Plan): string[] =>
  plan.waves.flatMap((wave, index) => {
    const before = plan.waves[index - 1]
    return before && wave.share <= before.share
      ? [`Wave ${index + 1} (${percent(wave.share)}) opens nothing that wave ${index} left closed.`]
      : []
  })

const complete = (plan: Plan): string[] => {
  const last = plan.waves.at(-1)?.share ?? 0
  return last === BUCKETS
    ? []
    : [`The last wave stops at ${percent(last)} of the fleet, so ${percent(BUCKETS - last)} of it is never asked.`]
}

const empty = (plan: Plan, slots: readonly SlotTally[]): string[] => {
  if (waveCounts(BUCKETS, slots).hosts === 0) return ['The fleet has no host yet: every wave would pass without having shown anything.']
  return plan.waves.flatMap((wave, index) => {
    const fresh = waveCounts(wave.share, slots).hosts - waveCounts(plan.waves[index - 1]?.share ?? 0, slots).hosts
    return fresh > 0 ? [] : [`Wave ${index + 1} (${percent(wave.share)}) adds no host, so it shows nothing; widen its share.`]
  })
}

const canary = (plan: Plan, cohorts: readonly CohortSize[]): string[] => {
  const share = plan.waves[0]?.share ?? 0
  return cohorts.flatMap(({ cohort, hosts }) =>
    hosts * share >= BUCKETS
      ? []
      : [
          `The first wave (${percent(share)}) may miss cohort ${cohort.slice(0, 12)}: with ${hosts} hosts it would hold fewer than one of them.`,
        ],
  )
}

const pace = (plan: Plan): string[] => [
  ...(plan.waveSecondsMax < 2 * plan.pollSeconds
    ? [`A wave closes after ${plan.waveSecondsMax} s, but hosts poll every ${plan.pollSeconds} s: healthy hosts would count as silent.`]
    : []),
  ...(plan.soakSeconds < plan.pollSeconds
    ? [`A filled wave is watched for ${plan.soakSeconds} s, less than the ${plan.pollSeconds} s after which a host next speaks.`]
    : []),
  ...(plan.waves.length === 1 ? ['The plan has one wave: the whole fleet is asked at once.'] : []),
]

const budgets = (plan: Plan): string[] =>
  Object.entries(plan.budgets).flatMap(([name, { share, count }]) =>
    share >= 0.5 && count > 0 ? [`The budget for ${name} hosts lets half of a wave go wrong before anything stops.`] : [],
  )

/** What a reader of the plan should know before approving it, in sentences. Nothing here forbids anything. */
export const lintPlan = (plan: Plan, slots: readonly SlotTally[], cohorts: readonly CohortSize[] = []): readonly string[] => [
  ...growing(plan),
  ...complete(plan),
  ...empty(plan, slots),
  ...canary(plan, cohorts),
  ...pace(plan),
  ...budgets(plan),
]
