/** Leaving a state: variables are assigned, the output is made, and the frame goes on to the next state or ends. */
import type { Carrier } from '../definition/definition.ts'
import { details } from '../history/event.ts'
import { isJsonObject, type Json } from '../json.ts'
import { endFrame } from './end.ts'
import { move, record } from './turn.ts'
import { type Extra, evaluate, type Outcome, tooLarge, type Visit, within } from './visit.ts'

type Departure = {
  readonly carrier: Carrier
  readonly extra: Extra
  /** The output, as JSON text, when the carrier does not make one. */
  readonly fallback: string
}

const textsOf = (assigned: Json | undefined): Map<string, string> =>
  new Map(isJsonObject(assigned) ? Object.entries(assigned).map(([name, value]) => [name, JSON.stringify(value)]) : [])

/** Either the frame has left, or nothing but an EvaluationFailed was recorded and the failure is the caller's to handle. */
export const leave = async (visit: Visit, { carrier, extra, fallback }: Departure): Promise<Outcome<undefined>> => {
  const { turn, frame, state } = visit
  const fields = [
    { location: `${carrier.at}Assign`, template: carrier.assign },
    { location: `${carrier.at}Output`, template: carrier.output },
  ]
  const evaluated = await evaluate(visit, fields, extra)
  if (!evaluated.ok) return evaluated
  const [assigned, made] = evaluated.value
  const output = made === undefined ? fallback : JSON.stringify(made)
  const variables = textsOf(assigned)
  if (!within(output) || [...variables.values()].some(text => !within(text))) return tooLarge(visit)
  record(turn, frame, `${state.type}StateExited`, details.exited(frame.state, output, variables))
  if (variables.size > 0) frame.variables = new Map([...frame.variables, ...variables])
  if (carrier.next === undefined) {
    endFrame(turn, frame, output)
  } else {
    frame.state = carrier.next
    frame.input = output
    move(turn, frame, { is: 'ready' })
  }
  return { ok: true, value: undefined }
}
