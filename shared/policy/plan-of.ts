import * as z from 'zod'
import { BUCKETS, Plan } from '../rollout/index.ts'

const Budget = z.strictObject(Plan.shape.budgets.shape.failed.shape).partial()

/** A plan as people ask for one: what they leave out comes from the defaults. */
export const PlanRequest = z
  .strictObject({
    ...Plan.omit({ budgets: true }).partial().shape,
    budgets: z.strictObject({ failed: Budget, stalled: Budget, silent: Budget }).partial(),
  })
  .partial()
export type PlanRequest = z.infer<typeof PlanRequest>

/**
 * Five per cent, half, all: the first wave is small enough to lose and large enough to hold hosts of every kind. An hour of
 * soak lets slow faults show, three days suit reviewers in other time zones. Failures weigh more than stalls and silence,
 * which heal by themselves more often.
 */
export const planDefaults: Plan = {
  waves: [{ share: 500 }, { share: 5_000 }, { share: BUCKETS }],
  soakSeconds: 3_600,
  waveSecondsMax: 7_200,
  approvalSecondsMax: 3 * 86_400,
  budgets: {
    failed: { count: 5, share: 0.02 },
    stalled: { count: 20, share: 0.05 },
    silent: { count: 20, share: 0.05 },
  },
  pollSeconds: 30,
}

/** Sentences on what is wrong with a plan; empty where it is sound. */
export const problemsOf = (plan: Plan): readonly string[] => {
  const shares = plan.waves.map(wave => wave.share)
  const growing = shares.every((share, index) => index === 0 || share > (shares[index - 1] ?? 0))
  return [
    growing ? null : 'Each wave opens a larger share than the one before.',
    shares.at(-1) === BUCKETS ? null : `The last wave opens the whole fleet: a share of ${BUCKETS}.`,
    /* Otherwise a healthy host may be asked for the first time when the wave's time is up, and is then called silent. */
    plan.waveSecondsMax >= 2 * plan.pollSeconds ? null : 'A wave lasts at least two polls: waveSecondsMax must be 2 × pollSeconds or more.',
  ].filter(problem => problem !== null)
}

/** The route that is meant where none is said is not written down, so that plans which say the same are the same. */
const withoutDefaultRoute = ({ route, ...plan }: Plan): Plan => (route === undefined || route === 'replace' ? plan : { ...plan, route })

export type Planned = { readonly ok: true; readonly plan: Plan } | { readonly ok: false; readonly problems: readonly string[] }

/** The whole plan out of what was asked for, or what is wrong with it. `request` is untrusted: it is parsed here. */
export const planOf = (request: unknown = {}): Planned => {
  const asked = PlanRequest.safeParse(request ?? {})
  if (!asked.success) return { ok: false, problems: asked.error.issues.map(issue => `plan.${issue.path.join('.')}: ${issue.message}`) }
  const { budgets, ...rest } = asked.data
  const merged = Plan.safeParse({
    ...planDefaults,
    ...rest,
    budgets: {
      failed: { ...planDefaults.budgets.failed, ...budgets?.failed },
      stalled: { ...planDefaults.budgets.stalled, ...budgets?.stalled },
      silent: { ...planDefaults.budgets.silent, ...budgets?.silent },
    },
  })
  if (!merged.success) return { ok: false, problems: merged.error.issues.map(issue => `plan.${issue.path.join('.')}: ${issue.message}`) }
  const problems = problemsOf(merged.data)
  return problems.length === 0 ? { ok: true, plan: withoutDefaultRoute(merged.data) } : { ok: false, problems }
}
