import { durationText, secondsOf } from './durations.ts'
import type { Change } from './shapes.ts'

type Plan = Change['plan']
type Budget = Plan['budgets']['failed']

const percent = (share: number): number => Math.round(share * 10_000) / 100
const budgetText = ({ count, share }: Budget): string => `${count} or ${percent(share)} %`

const wavesOf = (text: string): Plan['waves'] | null => {
  const shares = text.split(',').map(part => Number(part.replace('%', '').trim() || Number.NaN))
  return shares.every(share => Number.isInteger(share) && share >= 1 && share <= 100) ? shares.map(share => ({ share: share * 100 })) : null
}

const budgetOf = (text: string): Budget | null => {
  const [, count, share] = /^(\d+)\s+or\s+(\d+(?:\.\d+)?)\s*%$/.exec(text.trim()) ?? []
  return count === undefined || share === undefined ? null : { count: Number(count), share: Number(share) / 100 }
}

const ROUTES = ['replace', 'disable-then-load'] as const

type Field = {
  readonly key: string
  readonly label: string
  readonly told: (plan: Plan) => string
  /** The part of a plan that a text says; null where it says none. */
  readonly said: (text: string) => object | null
  /** Where there are only so many. */
  readonly choices?: readonly string[]
}

const some = <T>(value: T | null, part: (value: T) => object): object | null => (value === null ? null : part(value))
const budget = (key: keyof Plan['budgets'], label: string): Field => ({
  key,
  label,
  told: ({ budgets }) => budgetText(budgets[key]),
  said: text => some(budgetOf(text), value => ({ budgets: { [key]: value } })),
})
const duration = (key: 'soakSeconds' | 'waveSecondsMax' | 'approvalSecondsMax', label: string): Field => ({
  key,
  label,
  told: plan => durationText(plan[key]),
  said: text => some(secondsOf(text), value => ({ [key]: value })),
})

/** What of a plan people read and write, each as one text. */
export const PLAN_FIELDS: readonly Field[] = [
  {
    key: 'waves',
    label: 'Waves, % of the fleet',
    told: ({ waves }) => waves.map(({ share }) => share / 100).join(', '),
    said: text => some(wavesOf(text), waves => ({ waves })),
  },
  duration('soakSeconds', 'Soak'),
  duration('waveSecondsMax', 'A wave takes at most'),
  duration('approvalSecondsMax', 'Time to decide'),
  budget('failed', 'Failed hosts'),
  budget('stalled', 'Stalled hosts'),
  budget('silent', 'Silent hosts'),
  {
    key: 'route',
    label: 'Route',
    told: ({ route }) => route ?? 'replace',
    said: text => some(ROUTES.find(route => route === text) ?? null, route => ({ route })),
    choices: ROUTES,
  },
]

export type PlanDraft = Readonly<Record<string, string>>

const budgetsIn = (part: object): object => ('budgets' in part && typeof part.budgets === 'object' ? { ...part.budgets } : {})

/** What a draft says otherwise than the present plan, as the service takes it; and the names of what it does not say well. */
export const revised = (plan: Plan, draft: PlanDraft): { readonly plan: object | undefined; readonly wrong: readonly string[] } => {
  const changed = PLAN_FIELDS.filter(({ key, told }) => (draft[key] ?? told(plan)) !== told(plan))
  const parts = changed.map(({ key, label, said }) => ({ label, part: said(draft[key] ?? '') }))
  const wrong = parts.filter(({ part }) => part === null).map(({ label }) => label)
  const sound = parts.flatMap(({ part }) => part ?? [])
  const budgets = Object.assign({}, ...sound.map(budgetsIn))
  const whole = { ...Object.assign({}, ...sound), ...(Object.keys(budgets).length > 0 ? { budgets } : {}) }
  return { plan: changed.length === 0 ? undefined : whole, wrong }
}
