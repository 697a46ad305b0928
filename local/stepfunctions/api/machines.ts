/** Operations on state machines. */
import { randomUUID } from 'node:crypto'
import { isName } from '../arn.ts'
import { sentence } from '../definition/diagnostic.ts'
import { isJsonObject, type Json, type JsonObject, own } from '../json.ts'
import type { MachineRow } from '../storage/machines.ts'
import type { Parts } from './parts.ts'
import { ApiError, arnIn, bodyOf, oneOf, optionalText, pageSize, pageToken, placeOf, requiredText, seconds } from './request.ts'
import { diagnose } from './validation.ts'

const noLogging: JsonObject = { level: 'OFF', includeExecutionData: false }
const noTracing: JsonObject = { enabled: false }

const objectIn = (body: JsonObject, name: string, otherwise: JsonObject): JsonObject => {
  const value = own(body, name)
  return isJsonObject(value) ? { ...otherwise, ...value } : otherwise
}

const definitionIn = async (parts: Parts, body: JsonObject): Promise<string | undefined> => {
  const text = optionalText(body, 'definition', { min: 1, max: 1_048_576 })
  if (text === undefined) return undefined
  const diagnostics = await diagnose(parts, text)
  if (diagnostics.length > 0)
    throw new ApiError('InvalidDefinition', `Invalid State Machine Definition: '${diagnostics.map(sentence).join(', ')}'`)
  return text
}

export const machineIn = ({ machines }: Parts, body: JsonObject): MachineRow => {
  const arn = arnIn(body, 'stateMachineArn')
  const row = machines.byArn(arn)
  if (row === undefined) throw new ApiError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`)
  return row
}

const same = (a: MachineRow, b: MachineRow): boolean =>
  a.definition === b.definition && a.roleArn === b.roleArn && a.type === b.type && a.logging === b.logging && a.tracing === b.tracing

/** Creating what exists exactly so answers as the first time. */
export const createStateMachine = async (parts: Parts, request: unknown): Promise<JsonObject> => {
  const body = bodyOf(request)
  const name = requiredText(body, 'name', { max: 80 })
  if (!isName(name)) throw new ApiError('InvalidName', `Invalid Name: '${name}'`)
  const roleArn = requiredText(body, 'roleArn', { max: 256 })
  const type = oneOf(body, 'type', ['STANDARD', 'EXPRESS']) ?? 'STANDARD'
  if (type === 'EXPRESS') throw new ApiError('ValidationException', 'Express state machines are not supported here')
  const definition = await definitionIn(parts, body)
  if (definition === undefined) requiredText(body, 'definition')
  const { machines, arns, now } = parts
  const made: MachineRow = {
    arn: arns.machine(name),
    name,
    roleArn,
    type,
    created: now(),
    definition: machines.keepDefinition(definition ?? ''),
    revision: undefined,
    updated: undefined,
    logging: JSON.stringify(objectIn(body, 'loggingConfiguration', noLogging)),
    tracing: JSON.stringify(objectIn(body, 'tracingConfiguration', noTracing)),
  }
  const existing = machines.byArn(made.arn)
  if (existing !== undefined && !same(existing, made))
    throw new ApiError('StateMachineAlreadyExists', `State Machine Already Exists: '${made.arn}'`)
  if (existing === undefined) machines.put(made)
  return { stateMachineArn: made.arn, creationDate: seconds(existing?.created ?? made.created) }
}

export const updateStateMachine = async (parts: Parts, request: unknown): Promise<JsonObject> => {
  const body = bodyOf(request)
  const definition = await definitionIn(parts, body)
  const row = machineIn(parts, body)
  const { machines, now } = parts
  const roleArn = optionalText(body, 'roleArn', { min: 1, max: 256 })
  const logging = own(body, 'loggingConfiguration')
  const tracing = own(body, 'tracingConfiguration')
  if (definition === undefined && roleArn === undefined && logging === undefined && tracing === undefined)
    throw new ApiError(
      'MissingRequiredParameter',
      'Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be specified',
    )
  const updated: MachineRow = {
    ...row,
    roleArn: roleArn ?? row.roleArn,
    definition: definition === undefined ? row.definition : machines.keepDefinition(definition),
    logging: logging === undefined ? row.logging : JSON.stringify(objectIn(body, 'loggingConfiguration', noLogging)),
    tracing: tracing === undefined ? row.tracing : JSON.stringify(objectIn(body, 'tracingConfiguration', noTracing)),
    revision: randomUUID(),
    updated: now(),
  }
  machines.put(updated)
  return { updateDate: seconds(updated.updated ?? 0), revisionId: updated.revision ?? '' }
}

/** Deleting what does not exist succeeds. Running executions go on with the definition they started with. */
export const deleteStateMachine = async ({ machines }: Parts, request: unknown): Promise<JsonObject> => {
  machines.remove(arnIn(bodyOf(request), 'stateMachineArn'))
  return {}
}

const jsonOf = (text: string): Json => JSON.parse(text)

const shown = ({ machines }: Parts, row: MachineRow): JsonObject => ({
  stateMachineArn: row.arn,
  name: row.name,
  definition: machines.definition(row.definition),
  roleArn: row.roleArn,
  loggingConfiguration: jsonOf(row.logging),
  tracingConfiguration: jsonOf(row.tracing),
  encryptionConfiguration: { type: 'AWS_OWNED_KEY' },
  ...(row.revision === undefined ? {} : { revisionId: row.revision }),
})

export const describeStateMachine = async (parts: Parts, request: unknown): Promise<JsonObject> => {
  const row = machineIn(parts, bodyOf(request))
  return { ...shown(parts, row), status: 'ACTIVE', type: row.type, creationDate: seconds(row.created) }
}

export const describeStateMachineForExecution = async (parts: Parts, request: unknown): Promise<JsonObject> => {
  const arn = arnIn(bodyOf(request), 'executionArn')
  const execution = parts.executions.byArn(arn)
  if (execution === undefined) throw new ApiError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`)
  const machine = parts.machines.byArn(execution.machineArn)
  return {
    stateMachineArn: execution.machineArn,
    name: execution.machineName,
    definition: parts.machines.definition(execution.definition),
    roleArn: execution.roleArn,
    updateDate: seconds(machine?.updated ?? machine?.created ?? execution.started),
    loggingConfiguration: machine === undefined ? noLogging : jsonOf(machine.logging),
    tracingConfiguration: machine === undefined ? noTracing : jsonOf(machine.tracing),
    encryptionConfiguration: { type: 'AWS_OWNED_KEY' },
    ...(execution.revision === undefined ? {} : { revisionId: execution.revision }),
  }
}

export const listStateMachines = async ({ machines }: Parts, request: unknown): Promise<JsonObject> => {
  const body = bodyOf(request)
  const size = pageSize(body)
  const after = placeOf(body, 'machines', 1024)
  const rows = machines.list(typeof after === 'string' ? after : '', size + 1)
  const page = rows.slice(0, size)
  const last = page.at(-1)
  return {
    stateMachines: page.map(({ arn, name, type, created }) => ({ stateMachineArn: arn, name, type, creationDate: seconds(created) })),
    ...(rows.length > size && last !== undefined ? { nextToken: pageToken('machines', last.arn) } : {}),
  }
}

/** There are no tags here; infrastructure tools ask all the same. */
export const listTagsForResource = async (_: Parts, request: unknown): Promise<JsonObject> => {
  arnIn(bodyOf(request), 'resourceArn')
  return { tags: [] }
}
