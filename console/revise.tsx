import { useState } from 'preact/hooks'
import { ask } from './api.ts'
import { durationText, secondsOf } from './durations.ts'
import { Field } from './fields.tsx'
import type { Change } from './shapes.ts'
import { useDoing } from './use-doing.tsx'

type Plan = Change['plan']
type Draft = Readonly<Record<'waves' | 'soak' | 'wave' | 'approval' | 'failed' | 'stalled' | 'silent', string>>

const percent = (share: number): number => Math.round(share * 10_000) / 100
const budgetText = ({ count, share }: Plan['budgets']['failed']): string => `${count} or ${percent(share)} %`

const draftOf = ({ waves, soakSeconds, waveSecondsMax, approvalSecondsMax, budgets }: Plan): Draft => ({
  waves: waves.map(({ share }) => share / 100).join(', '),
  soak: durationText(soakSeconds),
  wave: durationText(waveSecondsMax),
  approval: durationText(approvalSecondsMax),
  failed: budgetText(budgets.failed),
  stalled: budgetText(budgets.stalled),
  silent: budgetText(budgets.silent),
})

const FIELDS: readonly (readonly [keyof Draft, string])[] = [
  ['waves', 'Waves, % of the fleet'],
  ['soak', 'Soak'],
  ['wave', 'A wave takes at most'],
  ['approval', 'Time to decide'],
  ['failed', 'Failed hosts'],
  ['stalled', 'Stalled hosts'],
  ['silent', 'Silent hosts'],
]

const wavesOf = (text: string): Plan['waves'] | null => {
  const shares = text.split(',').map(part => Number(part.replace('%', '').trim() || Number.NaN))
  return shares.every(share => Number.isInteger(share) && share >= 1 && share <= 100) ? shares.map(share => ({ share: share * 100 })) : null
}

const budgetOf = (text: string): Plan['budgets']['failed'] | null => {
  const [, count, share] = /^(\d+)\s+or\s+(\d+(?:\.\d+)?)\s*%$/.exec(text.trim()) ?? []
  return count === undefined || share === undefined ? null : { count: Number(count), share: Number(share) / 100 }
}

const readers: Readonly<Record<keyof Draft, (text: string) => unknown>> = {
  waves: wavesOf,
  soak: secondsOf,
  wave: secondsOf,
  approval: secondsOf,
  failed: budgetOf,
  stalled: budgetOf,
  silent: budgetOf,
}
const NAMES = { waves: 'waves', soak: 'soakSeconds', wave: 'waveSecondsMax', approval: 'approvalSecondsMax' } as const

/** What differs from the present plan, as the service takes it; undefined where nothing does. */
const planOf = (before: Draft, draft: Draft): object | undefined => {
  const changed = FIELDS.map(([key]) => key).filter(key => draft[key] !== before[key])
  const budgets = changed.flatMap(key => (key in NAMES ? [] : [[key, readers[key](draft[key])] as const]))
  const rest = changed.flatMap(key =>
    Object.entries(NAMES).flatMap(([own, name]) => (own === key ? [[name, readers[key](draft[key])]] : [])),
  )
  if (changed.length === 0) return undefined
  return { ...Object.fromEntries(rest), ...(budgets.length > 0 ? { budgets: Object.fromEntries(budgets) } : {}) }
}

/** Judges a change again, perhaps with another plan. What was approved counts no more if anything moves, so that is said first. */
export const Revise = ({ change, onDone }: { readonly change: Change; readonly onDone: () => void }) => {
  const before = draftOf(change.plan)
  const [edited, setEdited] = useState<Partial<Draft>>({})
  const [reason, setReason] = useState('')
  const { busy, act, status } = useDoing(onDone)
  const draft = { ...before, ...edited }
  const wrong = FIELDS.filter(([key]) => readers[key](draft[key]) === null).map(([, label]) => label)
  const plan = planOf(before, draft)
  const revise = async () => {
    const body = { digest: change.digest, reason, ...(plan === undefined ? {} : { plan }) }
    if (await act(() => ask('revise-change', { parameters: { change: change.id }, body }), 'Revised: it was judged again.')) setEdited({})
  }
  return (
    <details>
      <summary>Revise it</summary>
      <p class="hint">
        It is judged again on what hosts run now, with the plan below. Where anything moves, approvals of before count no more.
      </p>
      <div class="control">
        {FIELDS.map(([key, label]) => (
          <Field key={key} label={label} value={draft[key]} onValue={value => setEdited({ ...edited, [key]: value })} />
        ))}
        <Field label="Why it is revised" value={reason} maxLength={2000} onValue={setReason} />
        <button type="button" disabled={busy || reason.trim() === '' || wrong.length > 0} onClick={() => void revise()}>
          {plan === undefined ? 'Judge it again' : 'Revise with this plan'}
        </button>
      </div>
      {wrong.length > 0 ? (
        <p class="error">{wrong.join(', ')}: write waves as 5, 50, 100, times as 90s, 15m, 2h or 3d, and budgets as 5 or 2 %.</p>
      ) : null}
      {status}
    </details>
  )
}
