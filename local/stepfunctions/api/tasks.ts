/** Answers to tasks that wait for a token. */
import type { TokenAnswer } from '../engine/engine.ts'
import { payloadBytesMax } from '../engine/failure.ts'
import { type JsonObject, parseJson, utf8Bytes } from '../json.ts'
import type { Parts } from './parts.ts'
import { ApiError, bodyOf, optionalText, requiredText } from './request.ts'

const tokenForm = /^[A-Za-z0-9_-]{96}$/

const answerTask = async ({ engine, executions, tokens }: Parts, body: JsonObject, answer: TokenAnswer): Promise<JsonObject> => {
  const token = requiredText(body, 'taskToken', { max: 2048 })
  if (!tokenForm.test(token)) throw new ApiError('InvalidToken', "Invalid Token: 'Invalid token'")
  const hash = tokens.hash(token)
  if (executions.token(hash) === undefined) throw new ApiError('TaskDoesNotExist', "Task Does Not Exist: 'Provided task does not exist'")
  if (!(await engine.answer(hash, answer))) throw new ApiError('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'")
  return {}
}

export const sendTaskSuccess = async (parts: Parts, request: unknown): Promise<JsonObject> => {
  const body = bodyOf(request)
  const output = requiredText(body, 'output', { min: 0 })
  const parsed = parseJson(output)
  if (!parsed.ok) throw new ApiError('InvalidOutput', `Invalid Output: '${parsed.message}'`)
  if (utf8Bytes(output) > payloadBytesMax)
    throw new ApiError('InvalidOutput', `Invalid Output: 'The output is larger than ${payloadBytesMax} bytes'`)
  return answerTask(parts, body, { success: output })
}

export const sendTaskFailure = async (parts: Parts, request: unknown): Promise<JsonObject> => {
  const body = bodyOf(request)
  const error = optionalText(body, 'error', { max: 256 })
  const cause = optionalText(body, 'cause', { max: 32_768 })
  return answerTask(parts, body, { failure: { error, cause } })
}

export const sendTaskHeartbeat = async (parts: Parts, request: unknown): Promise<JsonObject> =>
  answerTask(parts, bodyOf(request), 'heartbeat')
