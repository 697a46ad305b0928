import { useState } from 'preact/hooks'
import { ask } from './api.ts'
import { Field } from './fields.tsx'
import { CheckResult } from './policy-check.tsx'
import type { Draft, Policies, PolicyCheck, PolicyEdit } from './policy-shapes.ts'
import { useDoing } from './use-doing.tsx'

const EXAMPLE = `@id("edge-needs-three")
@reason("approvals of three different people, because this fleet faces the Internet")
forbid (principal, action == Action::"releaseChange", resource in Fleet::"edge")
unless { context.approvals.people >= 3 };
`

/** The text that a file has now; settings that nobody edited yet are the deployed ones. An empty freezes.json is where one begins. */
const textNow = ({ files }: Policies, path: string): string => {
  const [edited] = files.filter(file => file.path === path && file.from === 'edition')
  const deployed = files.find(file => file.path === path && file.from === 'deployed')
  if (edited) return edited.text
  if (path === 'settings.json') return deployed?.text ?? '{}\n'
  return path === 'freezes.json' ? '{ "freezes": [] }\n' : EXAMPLE
}

const isThere = ({ files }: Policies, path: string): boolean => files.some(file => file.path === path && file.from === 'edition')

type FileProps = {
  readonly path: string
  readonly text: string | null
  readonly mayRemove: boolean
  readonly onText: (text: string | null) => void
  readonly onLeave: () => void
}

const FileEditor = ({ path, text, mayRemove, onText, onLeave }: FileProps) => (
  <div>
    <label class="field">
      <span>{path}</span>
      <textarea
        rows={text === null ? 1 : 12}
        spellcheck={false}
        disabled={text === null}
        value={text ?? ''}
        onInput={event => onText(event.currentTarget.value)}
      />
    </label>
    <div class="control">
      {mayRemove ? (
        <label>
          <input type="checkbox" checked={text === null} onChange={event => onText(event.currentTarget.checked ? null : '')} /> take the
          file away
        </label>
      ) : null}
      <button type="button" onClick={onLeave}>
        Leave {path} as it is
      </button>
    </div>
  </div>
)

/** Proposes an edit: write, check (what is wrong, what differs, what it would have decided otherwise), then propose just what was checked. */
export const PolicyDraft = ({ policies }: { readonly policies: Policies }) => {
  const [draft, setDraft] = useState<Draft>({})
  const [path, setPath] = useState('')
  const [reason, setReason] = useState('')
  const [checked, setChecked] = useState<{ readonly of: Draft; readonly check: PolicyCheck } | null>(null)
  const { busy, act, status } = useDoing(() => undefined)
  const paths = policies.files.filter(({ from }) => from === 'edition').map(file => file.path)
  const known = [...new Set([...paths, 'settings.json', 'freezes.json'])]
  const drafted = Object.entries(draft)
  const begin = () => {
    setDraft({ ...draft, [path.trim()]: textNow(policies, path.trim()) })
    setPath('')
  }
  const leave = (left: string) => setDraft(Object.fromEntries(drafted.filter(([other]) => other !== left)))
  const check = async () => {
    const { body } = await ask<PolicyCheck>('check-policy-edit', { body: { files: draft } })
    setChecked({ of: draft, check: body })
  }
  const propose = async () => {
    const { body } = await ask<PolicyEdit>('propose-policy-edit', { body: { files: draft, reason, edition: policies.edition } })
    location.hash = `#/edits/${body.id}`
  }
  const isChecked = checked !== null && checked.of === draft && checked.check.sound
  return (
    <section class="decide">
      <h2>Propose an edit</h2>
      <p class="hint">
        house/NAME.cedar adds rules for every fleet, fleets/FLEET/NAME.cedar those of one; they can only forbid. freezes.json adds freezes,
        settings.json takes the place of the deployed settings.
      </p>
      <div class="control">
        <label class="field">
          <span>File</span>
          <input list="policy-files" value={path} maxLength={256} onInput={event => setPath(event.currentTarget.value)} />
          <datalist id="policy-files">
            {known.map(file => (
              <option key={file} value={file} />
            ))}
          </datalist>
        </label>
        <button type="button" disabled={path.trim() === '' || path.trim() in draft} onClick={begin}>
          Edit it
        </button>
      </div>
      {drafted.map(([file, text]) => (
        <FileEditor
          key={file}
          path={file}
          text={text}
          mayRemove={isThere(policies, file)}
          onText={written => setDraft({ ...draft, [file]: written === '' && text === null ? textNow(policies, file) : written })}
          onLeave={() => leave(file)}
        />
      ))}
      {drafted.length === 0 ? null : (
        <div class="control">
          <button type="button" disabled={busy} onClick={() => void act(check, 'Checked.')}>
            Check
          </button>
          <Field label="Why it is edited" value={reason} maxLength={2000} onValue={setReason} />
          <button
            type="button"
            class="good"
            disabled={busy || !isChecked || reason.trim() === ''}
            onClick={() => void act(propose, 'Proposed.')}
          >
            Propose
          </button>
          {checked !== null && !isChecked && checked.check.sound ? <p class="hint">It changed since it was checked.</p> : null}
        </div>
      )}
      {status}
      {checked === null || drafted.length === 0 ? null : <CheckResult check={checked.check} />}
    </section>
  )
}
