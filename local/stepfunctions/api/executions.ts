/** Operations on executions. */
import { randomUUID } from 'node:crypto'
import { isName } from '../arn.ts'
import { parseDefinition } from '../definition/parse.ts'
import { payloadBytesMax } from '../engine/failure.ts'
import { reason } from '../history/event.ts'
import { type JsonObject, parseJson, utf8Bytes } from '../json.ts'
import { type ExecutionRow, type Status, statuses } from '../storage/executions.ts'
import { machineIn } from './machines.ts'
import type { Parts } from './parts.ts'
import { ApiError, arnIn, bodyOf, oneOf, optionalText, pageSize, pageToken, placeOf, seconds, validationError } from './request.ts'

const inputIn = (body: JsonObject): string => {
  const input = optionalText(body, 'input') ?? '{}'
  const invalid = (why: string) => new ApiError('InvalidExecutionInput', `Invalid State Machine Execution Input: '${why}'`)
  if (utf8Bytes(input) > payloadBytesMax)
    throw validationError(`Value at 'input' failed to satisfy constraint: Member must have length less than or equal to ${payloadBytesMax}`)
  if (input.trim() === '') throw invalid('Invalid execution input.')
  const parsed = parseJson(input)
  if (!parsed.ok) throw invalid(parsed.message)
  return input
}

const exists = (arn: string) => new ApiError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`)

/** A name is used once: the same start while it runs is the same execution, anything else is refused. */
export const startExecution = async (parts: Parts, request: unknown): Promise<JsonObject> => {
  const body = bodyOf(request)
  const name = optionalText(body, 'name', { min: 1, max: 80 }) ?? randomUUID()
  if (!isName(name)) throw new ApiError('InvalidName', `Invalid Name: '${name}'`)
  const machine = machineIn(parts, body)
  const input = inputIn(body)
  const { engine, executions, machines, arns, now } = parts
  const arn = arns.execution(machine.name, name)
  const running = engine.running(arn)
  if (running !== undefined) {
    if (running.row.input !== input || running.closed) throw exists(arn)
    await running.born
    return { executionArn: arn, startDate: seconds(running.row.started) }
  }
  if (executions.byArn(arn) !== undefined) throw exists(arn)
  const text = machines.definition(machine.definition)
  const started = now()
  const { timeoutSeconds } = parseDefinition(text)
  const row: Omit<ExecutionRow, 'key'> = {
    arn,
    machineArn: machine.arn,
    machineName: machine.name,
    name,
    roleArn: machine.roleArn,
    definition: machine.definition,
    revision: machine.revision,
    input,
    status: 'RUNNING',
    started,
    stopped: undefined,
    output: undefined,
    error: undefined,
    cause: undefined,
    deadline: timeoutSeconds === undefined ? undefined : started + timeoutSeconds * 1000,
    traceHeader: optionalText(body, 'traceHeader', { max: 256 }),
  }
  await engine.start(row, text)
  return { executionArn: arn, startDate: seconds(started) }
}

export const executionIn = ({ executions }: Parts, body: JsonObject): ExecutionRow => {
  const arn = arnIn(body, 'executionArn')
  const row = executions.byArn(arn)
  if (row === undefined) throw new ApiError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`)
  return row
}

const redrive = (status: Status): JsonObject =>
  status === 'RUNNING' || status === 'SUCCEEDED'
    ? { redriveStatus: 'NOT_REDRIVABLE', redriveStatusReason: `Execution is ${status} and cannot be redriven` }
    : { redriveStatus: 'REDRIVABLE' }

const summary = (row: ExecutionRow): JsonObject => ({
  executionArn: row.arn,
  stateMachineArn: row.machineArn,
  name: row.name,
  status: row.status,
  startDate: seconds(row.started),
  ...(row.stopped === undefined ? {} : { stopDate: seconds(row.stopped) }),
  redriveCount: 0,
})

export const describeExecution = async (parts: Parts, request: unknown): Promise<JsonObject> => {
  const row = executionIn(parts, bodyOf(request))
  return {
    ...summary(row),
    input: row.input,
    inputDetails: { included: true },
    ...(row.output === undefined ? {} : { output: row.output, outputDetails: { included: true } }),
    ...reason(row.error, row.cause),
    ...(row.traceHeader === undefined ? {} : { traceHeader: row.traceHeader }),
    ...redrive(row.status),
  }
}

/** The service's order of the names in its message. */
const filters: readonly (Status | 'PENDING_REDRIVE')[] = ['SUCCEEDED', 'TIMED_OUT', 'PENDING_REDRIVE', 'ABORTED', 'FAILED', 'RUNNING']

export const listExecutions = async (parts: Parts, request: unknown): Promise<JsonObject> => {
  const body = bodyOf(request)
  const size = pageSize(body)
  const filter = oneOf(body, 'statusFilter', filters)
  const before = placeOf(body, 'executions', 3096)
  const machine = machineIn(parts, body)
  const status = statuses.find(known => known === filter)
  const first = typeof before === 'number' ? before : Number.MAX_SAFE_INTEGER
  const rows = filter === 'PENDING_REDRIVE' ? [] : parts.executions.list(machine.arn, status, first, size + 1)
  const page = rows.slice(0, size)
  const last = page.at(-1)
  return {
    executions: page.map(summary),
    ...(rows.length > size && last !== undefined ? { nextToken: pageToken('executions', last.key) } : {}),
  }
}

/** Stopping what has ended answers with the time at which it ended. */
export const stopExecution = async (parts: Parts, request: unknown): Promise<JsonObject> => {
  const body = bodyOf(request)
  const error = optionalText(body, 'error', { max: 256 })
  const cause = optionalText(body, 'cause', { max: 32_768 })
  const { arn } = executionIn(parts, body)
  await parts.engine.stop(arn, error, cause)
  const { stopped } = executionIn(parts, body)
  return { stopDate: seconds(stopped ?? parts.now()) }
}
