import type { Change, Finding } from './shapes.ts'

/** What is signed off where no finding says it. */
const SENTENCES: Readonly<Record<string, string>> = {
  downgrade: 'Hosts go back to an older livepatch.',
  'fixes-lost': 'Hosts lose fixes that they have now.',
  'foreign-livepatches': 'Livepatches that were not submitted here are wiped, and their owners consent.',
  'disable-then-load': 'Hosts are without their livepatches between disabling and loading.',
}
const TOLD_MAX = 2

/** The very thing that a code stands for on this change. */
const thingOf = (code: string, findings: readonly Finding[]): readonly string[] => {
  const messages = [...new Set(findings.filter(finding => finding.code === code).map(({ message }) => message))]
  const told = messages.length > 0 ? messages : [SENTENCES[code] ?? '']
  return told.length > TOLD_MAX ? [...told.slice(0, TOLD_MAX), `and ${told.length - TOLD_MAX} more of the kind, below`] : told
}

type Props = {
  readonly change: Change
  readonly signed: ReadonlySet<string>
  readonly onToggle: (code: string, is: boolean) => void
}

/** Some things are not covered by a general yes: each is a box of its own, beside what it is about. */
export const SignOff = ({ change, signed, onToggle }: Props) => {
  const { signable = [], findings = [], needs } = change
  const isAsked = (code: string) => needs.some(need => need.startsWith(`a sign-off of ${code}`))
  if (signable.length === 0) return null
  return (
    <fieldset class="sign-off">
      <legend>Sign off by name, where it is asked for</legend>
      {signable.map(code => (
        <label key={code}>
          <input type="checkbox" checked={signed.has(code)} onChange={event => onToggle(code, event.currentTarget.checked)} />
          <span>
            <strong>{code}</strong> {isAsked(code) ? <span class="status">asked for</span> : null}
            {thingOf(code, findings).map(text => (
              <span key={text} class="hint">
                {' '}
                {text}
              </span>
            ))}
          </span>
        </label>
      ))}
    </fieldset>
  )
}
