/** One table of operations; everything that is not in it is refused by name. */
import type { JsonObject } from '../json.ts'
import { describeExecution, listExecutions, startExecution, stopExecution } from './executions.ts'
import { getExecutionHistory } from './history.ts'
import {
  createStateMachine,
  deleteStateMachine,
  describeStateMachine,
  describeStateMachineForExecution,
  listStateMachines,
  listTagsForResource,
  updateStateMachine,
} from './machines.ts'
import type { Parts } from './parts.ts'
import { ApiError } from './request.ts'
import { sendTaskFailure, sendTaskHeartbeat, sendTaskSuccess } from './tasks.ts'
import { testState } from './test-state.ts'
import { validateStateMachineDefinition } from './validation.ts'

type Operation = (parts: Parts, request: unknown) => Promise<JsonObject>

const operations: Readonly<Record<string, Operation>> = {
  CreateStateMachine: createStateMachine,
  UpdateStateMachine: updateStateMachine,
  DeleteStateMachine: deleteStateMachine,
  DescribeStateMachine: describeStateMachine,
  DescribeStateMachineForExecution: describeStateMachineForExecution,
  ListStateMachines: listStateMachines,
  ListTagsForResource: listTagsForResource,
  ValidateStateMachineDefinition: validateStateMachineDefinition,
  TestState: testState,
  StartExecution: startExecution,
  DescribeExecution: describeExecution,
  ListExecutions: listExecutions,
  StopExecution: stopExecution,
  GetExecutionHistory: getExecutionHistory,
  SendTaskSuccess: sendTaskSuccess,
  SendTaskFailure: sendTaskFailure,
  SendTaskHeartbeat: sendTaskHeartbeat,
}

const prefix = 'AWSStepFunctions.'

export const handleWith =
  (parts: Parts) =>
  async (target: string, body: unknown): Promise<{ status: number; body: unknown }> => {
    const name = target.startsWith(prefix) ? target.slice(prefix.length) : target
    const operation = Object.hasOwn(operations, name) ? operations[name] : undefined
    if (operation === undefined)
      return { status: 400, body: { __type: 'UnknownOperationException', message: `The operation ${name} is not supported here` } }
    try {
      return { status: 200, body: await operation(parts, body) }
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      return { status: 400, body: { __type: error.type, message: error.message, ...error.more } }
    }
  }
