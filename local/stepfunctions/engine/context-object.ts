/** `$states.context`: the service's context object, as JSON text. */
import type { Frame } from './frame.ts'
import { iterationOf, type Live, stateOf } from './live.ts'

const timestamp = (at: number): string => new Date(at).toISOString()

export type ContextExtra = {
  /** Only while the arguments of a task that waits for it are worked out. */
  readonly token?: string | undefined
  readonly item?: { readonly index: number; readonly item: string }
}

export const contextOf = (live: Live, frame: Frame, { token, item }: ContextExtra): string => {
  const { row } = live
  const execution = [
    `"Id":${JSON.stringify(row.arn)}`,
    `"Input":${row.input}`,
    `"StartTime":${JSON.stringify(timestamp(row.started))}`,
    `"Name":${JSON.stringify(row.name)}`,
    `"RoleArn":${JSON.stringify(row.roleArn)}`,
    '"RedriveCount":0',
  ]
  const machine = { Id: row.machineArn, Name: row.machineName }
  const retries = frame.retries.reduce((sum, count) => sum + count, 0)
  const repeatable = 'retry' in stateOf(live, frame)
  const state = { Name: frame.state, EnteredTime: timestamp(frame.enteredAt), ...(repeatable ? { RetryCount: retries } : {}) }
  const around = item ?? iterationOf(live, frame)
  const parts = [`"Execution":{${execution.join(',')}}`, `"StateMachine":${JSON.stringify(machine)}`, `"State":${JSON.stringify(state)}`]
  if (token !== undefined) parts.push(`"Task":${JSON.stringify({ Token: token })}`)
  if (around !== undefined) parts.push(`"Map":{"Item":{"Index":${around.index},"Value":${around.item}}}`)
  return `{${parts.join(',')}}`
}
