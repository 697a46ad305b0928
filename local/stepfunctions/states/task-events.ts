/** The history events of a task: a function named by its ARN has a family of its own, integrations share the other one. */
import type { Resource } from '../definition/definition.ts'
import type { Failure } from '../engine/failure.ts'
import { reason } from '../history/event.ts'
import { isJsonObject, type Json, type JsonObject, own } from '../json.ts'

type Options = { readonly timeout: number | undefined; readonly heartbeat: number | undefined; readonly credentials: Json | undefined }
type Types = Record<'scheduled' | 'started' | 'succeeded' | 'failed' | 'timedOut', string>

export type TaskEvents = {
  readonly types: Types
  /** What the quota's error message calls the task. */
  readonly quotaName: string
  /** `argumentsText` and outputs are JSON texts. */
  readonly scheduled: (argumentsText: string, region: string, options: Options) => JsonObject
  readonly started: () => JsonObject
  readonly submitted: (output: string) => JsonObject
  readonly succeeded: (output: string) => JsonObject
  readonly failed: (failure: Failure, how?: 'Failed' | 'TimedOut') => JsonObject
}

const untruncated = { truncated: false }

const optionsOf = ({ timeout, heartbeat, credentials }: Options): JsonObject => {
  const roleArn = isJsonObject(credentials) ? own(credentials, 'RoleArn') : undefined
  return {
    ...(timeout === undefined ? {} : { timeoutInSeconds: timeout }),
    ...(heartbeat === undefined ? {} : { heartbeatInSeconds: heartbeat }),
    ...(typeof roleArn === 'string' ? { taskCredentials: { roleArn } } : {}),
  }
}

const functionEvents = (arn: string): TaskEvents => ({
  types: {
    scheduled: 'LambdaFunctionScheduled',
    started: 'LambdaFunctionStarted',
    succeeded: 'LambdaFunctionSucceeded',
    failed: 'LambdaFunctionFailed',
    timedOut: 'LambdaFunctionTimedOut',
  },
  quotaName: arn,
  scheduled: (input, _region, options) => {
    const { heartbeatInSeconds: _, ...shown } = optionsOf(options)
    return { lambdaFunctionScheduledEventDetails: { resource: arn, input, inputDetails: untruncated, ...shown } }
  },
  started: () => ({}),
  submitted: () => ({}),
  succeeded: output => ({ lambdaFunctionSucceededEventDetails: { output, outputDetails: untruncated } }),
  failed: ({ error, cause }, how = 'Failed') => ({ [`lambdaFunction${how}EventDetails`]: reason(error, cause) }),
})

const integrationEvents = (waitForTaskToken: boolean): TaskEvents => {
  const task = { resourceType: 'lambda', resource: waitForTaskToken ? 'invoke.waitForTaskToken' : 'invoke' }
  return {
    types: {
      scheduled: 'TaskScheduled',
      started: 'TaskStarted',
      succeeded: 'TaskSucceeded',
      failed: 'TaskFailed',
      timedOut: 'TaskTimedOut',
    },
    quotaName: task.resourceType,
    scheduled: (parameters, region, options) => ({ taskScheduledEventDetails: { ...task, region, parameters, ...optionsOf(options) } }),
    started: () => ({ taskStartedEventDetails: task }),
    submitted: output => ({ taskSubmittedEventDetails: { ...task, output, outputDetails: untruncated } }),
    succeeded: output => ({ taskSucceededEventDetails: { ...task, output, outputDetails: untruncated } }),
    failed: ({ error, cause }, how = 'Failed') => ({ [`task${how}EventDetails`]: { ...task, ...reason(error, cause) } }),
  }
}

export const eventsOf = (resource: Resource): TaskEvents =>
  resource.kind === 'function' ? functionEvents(resource.arn) : integrationEvents(resource.waitForTaskToken)
