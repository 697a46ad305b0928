import { callJson } from './call-json.ts'
import { type Service, ServiceError } from './send.ts'

/** The lifecycle state machine, as far as functions act on it. */
export type Workflow = {
  /** Starts the execution of a change; one that was started before is left alone. */
  readonly start: (change: string) => Promise<void>
  /** Wakes a task by its token. A token that is used up, timed out or unknown is no error: whoever was first has woken it. */
  readonly wake: (token: string, output: unknown) => Promise<void>
}

const quietly = async (call: Promise<unknown>, codes: readonly string[]): Promise<void> => {
  try {
    await call
  } catch (error) {
    if (!(error instanceof ServiceError) || !codes.includes(error.code)) throw error
  }
}

export const workflow = (to: Service, machineArn: string): Workflow => ({
  start: change => {
    const input = { stateMachineArn: machineArn, name: change, input: JSON.stringify({ change }) }
    return quietly(callJson(to, 'AWSStepFunctions.StartExecution', '1.0', input), ['ExecutionAlreadyExists'])
  },
  wake: (token, output) => {
    const input = { taskToken: token, output: JSON.stringify(output) }
    return quietly(callJson(to, 'AWSStepFunctions.SendTaskSuccess', '1.0', input), ['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'])
  },
})
