import { useState } from 'preact/hooks'
import { ask } from './api.ts'
import { Choice, Field } from './fields.tsx'
import { PLAN_FIELDS, type PlanDraft, revised } from './plan-draft.ts'
import type { Change } from './shapes.ts'
import { useDoing } from './use-doing.tsx'

/** How it moves through the fleet, for whoever decides. */
export const PlanView = ({ plan }: { readonly plan: Change['plan'] }) => (
  <p class="hint">
    {PLAN_FIELDS.map(({ label, told }) => `${label}: ${told(plan)}`).join(' · ')}
    {plan.route === undefined ? '' : ` · Route: ${plan.route}`}
  </p>
)

/** Judges a change again, perhaps with another plan. What was approved counts no more if anything moves, so that is said first. */
export const Revise = ({ change, onDone }: { readonly change: Change; readonly onDone: () => void }) => {
  const [draft, setDraft] = useState<PlanDraft>({})
  const [reason, setReason] = useState('')
  const { busy, act, status } = useDoing(onDone)
  const { plan, wrong } = revised(change.plan, draft)
  const revise = async () => {
    const body = { digest: change.digest, reason, ...(plan === undefined ? {} : { plan }) }
    if (await act(() => ask('revise-change', { parameters: { change: change.id }, body }), 'Revised: it was judged again.')) setDraft({})
  }
  return (
    <details>
      <summary>Revise it</summary>
      <p class="hint">
        It is judged again on what hosts run now, with the plan below. Where anything moves, approvals of before count no more.
      </p>
      <div class="control">
        {PLAN_FIELDS.map(({ key, label, told, choices }) => {
          const field = { label, value: draft[key] ?? told(change.plan), onValue: (value: string) => setDraft({ ...draft, [key]: value }) }
          return choices ? <Choice key={key} {...field} choices={choices} /> : <Field key={key} {...field} />
        })}
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
