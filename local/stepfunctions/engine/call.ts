/** The call of a function: what is asked, and how its answer or refusal reads as JSON text or as a failure. */
import { randomUUID } from 'node:crypto'
import type { TaskState } from '../definition/definition.ts'
import type { Tokens } from '../tokens.ts'
import type { Failure } from './failure.ts'
import type { Attempt } from './frame.ts'

export type InvokeRequest = {
  /** As in the definition: `arn:aws:states:::lambda:invoke`, `….waitForTaskToken`, or a function's ARN. */
  readonly resource: string
  /** For lambda:invoke the parameters of that call (`FunctionName`, `Payload`, …), for a function its event. */
  readonly arguments: unknown
  /** What is left of the task's time, at most what a function may take. */
  readonly timeoutMs: number
}
/** Resolves to what the function returned. Rejects with `{ name, cause }`: the error's name, and its cause as the service would show it. */
export type Invoke = (request: InvokeRequest) => Promise<unknown>

const functionMsMax = 900_000

export const requestOf = ({ resource }: TaskState, attempt: Attempt, tokens: Tokens, now: number): InvokeRequest => {
  const { tokenHash, tokenId, deadline } = attempt
  const token = tokenHash === undefined || tokenId === undefined ? undefined : tokens.restore(tokenId, tokenHash)
  const text = tokenHash === undefined || token === undefined ? attempt.arguments : attempt.arguments.replaceAll(tokenHash, token)
  const timeoutMs = deadline === undefined ? functionMsMax : Math.max(1, Math.min(deadline - now, functionMsMax))
  return { resource: resource.arn, arguments: JSON.parse(text), timeoutMs }
}

/** What the service makes of a function's answer: as it is, or inside the answer of the Invoke call. */
export const answerText = ({ resource }: TaskState, result: unknown, now: number): string => {
  const payload = JSON.stringify(result) ?? 'null'
  if (resource.kind === 'function') return payload
  const requestId = randomUUID()
  const headers = {
    'X-Amz-Executed-Version': '$LATEST',
    'x-amzn-Remapped-Content-Length': '0',
    Connection: 'keep-alive',
    'x-amzn-RequestId': requestId,
    'Content-Length': String(Buffer.byteLength(payload)),
    Date: new Date(now).toUTCString(),
    'X-Amzn-Trace-Id': `root=1-${requestId};sampled=0`,
    'Content-Type': 'application/json',
  }
  const all = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]))
  const metadata = JSON.stringify({ AllHttpHeaders: all, HttpHeaders: headers, HttpStatusCode: 200 })
  const response = JSON.stringify({ RequestId: requestId })
  return `{"ExecutedVersion":"$LATEST","Payload":${payload},"SdkHttpMetadata":${metadata},"SdkResponseMetadata":${response},"StatusCode":200}`
}

const memberOf = (value: unknown, name: 'name' | 'cause' | 'message'): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined

export const failureOf = (refusal: unknown): Failure => {
  const name = memberOf(refusal, 'name')
  const cause = memberOf(refusal, 'cause') ?? memberOf(refusal, 'message')
  return {
    error: typeof name === 'string' ? name : 'Lambda.Unknown',
    cause: typeof cause === 'string' || cause === undefined ? cause : JSON.stringify(cause),
  }
}
