import { useState } from 'preact/hooks'

type FieldProps = {
  readonly label: string
  readonly value: string
  readonly onValue: (value: string) => void
  readonly hint?: string
  readonly maxLength?: number
}

/** One line of text with its name. */
export const Field = ({ label, value, onValue, hint, maxLength = 500 }: FieldProps) => (
  <label class="field">
    <span>{label}</span>
    <input value={value} maxLength={maxLength} placeholder={hint ?? ''} onInput={event => onValue(event.currentTarget.value)} />
  </label>
)

/** What is sent, and what is read. */
export type Option = readonly [value: string, label: string]
type ChoiceProps = Omit<FieldProps, 'hint' | 'maxLength'> & { readonly choices: readonly (string | Option)[] }

const optionOf = (choice: string | Option): Option => (typeof choice === 'string' ? [choice, choice] : choice)

/** One of a few. */
export const Choice = ({ label, value, onValue, choices }: ChoiceProps) => (
  <label class="field">
    <span>{label}</span>
    <select value={value} onChange={event => onValue(event.currentTarget.value)}>
      {choices.map(optionOf).map(([choice, text]) => (
        <option key={choice} value={choice}>
          {text}
        </option>
      ))}
    </select>
  </label>
)

/** A time in the reader's own time zone, as such an input takes it: 2026-12-01T18:00. */
const localMinute = (at: Date): string => new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)

/** A time; empty, or one in the reader's own time zone. */
export const TimeField = ({ label, value, onValue }: Omit<FieldProps, 'hint' | 'maxLength'>) => (
  <label class="field">
    <span>{label}</span>
    <input type="datetime-local" value={value} onInput={event => onValue(event.currentTarget.value)} />
  </label>
)

/** What a TimeField holds, as the service takes it; null where that is no time. */
export const instantOf = (value: string): string | null => {
  const at = Date.parse(value)
  return Number.isNaN(at) ? null : new Date(at).toISOString()
}

export const inHours = (hours: number, now = new Date()): string => localMinute(new Date(now.getTime() + hours * 3_600_000))
export const minuteOf = (instant: string): string => localMinute(new Date(instant))

type TwiceProps = {
  readonly label: string
  /** What the second click says. */
  readonly sure: string
  readonly disabled: boolean
  readonly onSure: () => void
}

/** What cannot be undone is asked for twice, by two clicks on what says so. */
export const Twice = ({ label, sure, disabled, onSure }: TwiceProps) => {
  const [asked, setAsked] = useState(false)
  if (!asked)
    return (
      <button type="button" class="bad" disabled={disabled} onClick={() => setAsked(true)}>
        {label}
      </button>
    )
  const go = () => {
    setAsked(false)
    onSure()
  }
  return (
    <>
      <button type="button" class="bad sure" disabled={disabled} onClick={go}>
        {sure}
      </button>
      <button type="button" onClick={() => setAsked(false)}>
        No
      </button>
    </>
  )
}
