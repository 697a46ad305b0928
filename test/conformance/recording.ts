import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { prettifyError, ZodError } from 'zod'
import { type ObservedStep, runScenario, Scenario } from '../../shared/kernel/index.ts'
import { guestSymbols } from './guest.ts'

export type RecordedStep = Omit<ObservedStep, 'events'>

/** A scenario, and what a real kernel answered to each of its steps. */
export type Recording = { readonly scenario: Scenario; readonly kernel: string; readonly steps: readonly RecordedStep[] }

/** A recording has no list of probes: it is the keys of `calls`. */
export const parseRecording = (line: string): Recording => {
  const document = JSON.parse(line)
  if (typeof document.kernel !== 'string') throw new Error('it does not say on which kernel it was made')
  const steps: readonly RecordedStep[] = document.steps
  const scenario = Scenario.parse(document)
  const withProbes = scenario.steps.map((step, index) => ({ ...step, probe: Object.keys(steps[index]?.calls ?? {}) }))
  return { scenario: { ...scenario, steps: withProbes }, kernel: document.kernel, steps }
}

const parseLine = (file: string, line: string, number: number): Recording => {
  try {
    return parseRecording(line)
  } catch (error) {
    const why = error instanceof ZodError ? prettifyError(error) : error instanceof Error ? error.message : String(error)
    throw new Error(`${file}:${number}: this is no recording: ${why}`)
  }
}

/** Reads JSON lines, compressed if the name ends in `.gz`. Throws with the name of the file and the line where it cannot. */
export const readRecordings = (file: string): Recording[] => {
  const bytes = readFileSync(file)
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
  return text.split('\n').flatMap((line, index) => (line.trim() === '' ? [] : [parseLine(file, line, index + 1)]))
}

export const FIELDS = ['rc', 'log', 'patches', 'modules', 'calls', 'read'] as const
export type Field = (typeof FIELDS)[number]

export type Difference = { readonly step: number; readonly field: Field; readonly recorded: unknown; readonly simulated: unknown }

/** Object keys in one order, undefined left out, so that equal values have equal text. */
const textOf = (value: unknown): string =>
  JSON.stringify(value, (_key, inner) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  ) ?? ''

/** The text of a file that no livepatch touches is the kernel's own: it is enough that no livepatch wrote it. */
const isKernelsOwn = (text: unknown): boolean => typeof text === 'string' && !/^\w+( original)?: \w+\n$/.test(text)

/** Addresses are printed hashed, and the dump after a warning is left out of recordings. */
const comparable = (log: readonly string[]): string[] =>
  log
    .filter(line => !line.startsWith('WARNING:') && !line.startsWith('Duplicate shadow'))
    .map(line => line.replace(/(shadow variable) <[^,]*,/, '$1 <address,'))

const isEqual = (field: Field, recorded: RecordedStep, simulated: RecordedStep): boolean => {
  if (field === 'read' && simulated.read === null) return isKernelsOwn(recorded.read)
  if (field === 'log') return textOf(comparable(recorded.log)) === textOf(comparable(simulated.log))
  return textOf(recorded[field]) === textOf(simulated[field])
}

/** Everything in which the core answers differently from the recorded kernel. */
export const differencesOf = ({ scenario, kernel, steps }: Recording): Difference[] => {
  const answers = runScenario(scenario, { release: kernel, symbols: guestSymbols(kernel) })
  return steps.flatMap((recorded, step) => {
    const simulated = answers[step]
    if (simulated === undefined) return [{ step, field: 'rc' as const, recorded: recorded.rc, simulated }]
    return FIELDS.filter(field => !isEqual(field, recorded, simulated)).map(field => ({
      step,
      field,
      recorded: recorded[field],
      simulated: simulated[field],
    }))
  })
}
