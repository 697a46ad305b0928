/** A frame in a state: what every type of state needs to do its work. */
import type { State, TaskState } from '../definition/definition.ts'
import { details } from '../history/event.ts'
import { type Json, utf8Bytes } from '../json.ts'
import { evaluateFields, type Field, type FieldFailure } from '../query/template.ts'
import { type ContextExtra, contextOf } from './context-object.ts'
import { type Failure, outputTooLarge, payloadBytesMax } from './failure.ts'
import type { Frame } from './frame.ts'
import { variablesOf } from './live.ts'
import { record, type Turn } from './turn.ts'

export type Visit<S extends State = State> = {
  readonly turn: Turn
  readonly frame: Frame
  readonly state: S
  /** The event on which the current decision rests: an EvaluationFailed follows this one, as the service has it. */
  base: number
}

export type TaskVisit = Visit<TaskState>

/** `result` and `errorOutput` are JSON texts, absent where the state has none yet. */
export type Extra = ContextExtra & { readonly result?: string; readonly errorOutput?: string }
export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure }

const prefix = ({ frame }: Visit): string =>
  `An error occurred while executing the state '${frame.state}' (entered at the event id #${frame.entered}). `

/** A failure whose cause says in which state it happened. */
export const failureIn = (visit: Visit, error: string, text: string, terminal?: 'always'): Failure => ({
  error,
  cause: prefix(visit) + text,
  ...(terminal === undefined ? {} : { terminal }),
})

/** Records that an evaluation went wrong, and hands the failure back. */
export const evaluationFailure = (visit: Visit, text: string, location: string | undefined): { ok: false; failure: Failure } => {
  const failure = failureIn(visit, 'States.QueryEvaluationError', text)
  const { turn, frame, base } = visit
  record(turn, frame, 'EvaluationFailed', details.evaluationFailed(frame.state, failure.error ?? '', failure.cause ?? '', location), base)
  return { ok: false, failure }
}

const complaint = ({ location, source, answer }: FieldFailure): string => {
  const expression = `The JSONata expression '${source}' specified for the field '${location}' `
  switch (answer.failed) {
    case 'undefined':
      return `${expression}returned nothing (undefined).`
    case 'unsupported':
      return `${expression}returned an unsupported result type.`
    case 'threw':
      return answer.code === ''
        ? `${expression}threw an error during evaluation: ${answer.message}`
        : `${expression}threw an error during evaluation. ${answer.code}: ${answer.message}`
  }
}

/** The values of the fields, in order; absent fields stay undefined. */
export const evaluate = async (
  visit: Visit,
  fields: readonly { readonly location: string; readonly template: Json | undefined }[],
  { result, errorOutput, ...context }: Extra = {},
): Promise<Outcome<readonly (Json | undefined)[]>> => {
  const { turn, frame } = visit
  const present = fields.filter((field): field is Field => field.template !== undefined)
  const states = [
    `"input":${frame.input}`,
    `"context":${contextOf(turn.live, frame, context)}`,
    ...(result === undefined ? [] : [`"result":${result}`]),
    ...(errorOutput === undefined ? [] : [`"errorOutput":${errorOutput}`]),
  ]
  const evaluated = await evaluateFields(turn.query, present, {
    at: turn.now(),
    states: `{${states.join(',')}}`,
    variables: variablesOf(turn.live, frame),
  })
  if (!evaluated.ok) return evaluationFailure(visit, complaint(evaluated.failure), evaluated.failure.location)
  const values = evaluated.values[Symbol.iterator]()
  return { ok: true, value: fields.map(({ template }) => (template === undefined ? undefined : (values.next().value ?? null))) }
}

const kindOf = (value: Json): string => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value)

/** For a field whose value must be of one kind. */
export const unexpected = (
  visit: Visit,
  template: Json,
  location: string,
  expected: string,
  value: Json,
): { ok: false; failure: Failure } => {
  const source = typeof template === 'string' ? template.replace(/^\{%\s*|\s*%\}$/g, '') : JSON.stringify(template)
  return evaluationFailure(
    visit,
    `The JSONata expression '${source}' specified for the field '${location}' returned an unexpected result type. Expected '${expected}', but was '${kindOf(value)}' for value: ${JSON.stringify(value)}`,
    location,
  )
}

export const within = (text: string): boolean => utf8Bytes(text) <= payloadBytesMax

export const tooLarge = (visit: Visit): { ok: false; failure: Failure } => ({ ok: false, failure: outputTooLarge(visit.frame.state) })
