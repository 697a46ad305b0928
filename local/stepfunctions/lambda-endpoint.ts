/** Calls functions at an endpoint that speaks the Lambda API's Invoke. */
import type { Invoke, InvokeRequest } from './engine/call.ts'
import { isJsonObject, type Json, own, parseJson } from './json.ts'

type Call = { readonly name: string; readonly payload: string; readonly qualifier: string | undefined; readonly invocationType: string }
type Refusal = { readonly name: string; readonly cause: string }

const callOf = ({ resource, arguments: given }: InvokeRequest): Call | Refusal => {
  const parameters: Json = JSON.parse(JSON.stringify(given ?? null))
  if (!resource.includes(':states:'))
    return { name: resource, payload: JSON.stringify(parameters), qualifier: undefined, invocationType: 'RequestResponse' }
  const text = (name: string) => {
    const value = isJsonObject(parameters) ? own(parameters, name) : undefined
    return typeof value === 'string' ? value : undefined
  }
  const name = text('FunctionName')
  if (name === undefined) return { name: 'States.Runtime', cause: 'The parameter FunctionName of lambda:invoke is missing' }
  const payload = isJsonObject(parameters) ? own(parameters, 'Payload') : undefined
  return {
    name,
    payload: payload === undefined ? '' : JSON.stringify(payload),
    qualifier: text('Qualifier'),
    invocationType: text('InvocationType') ?? 'RequestResponse',
  }
}

/** The name of an error that the Lambda API itself answers with, as the integration shows it. */
const apiError = (status: number, type: string | null): string => {
  const known = type?.split(':')[0]
  if (known !== undefined && known !== '') return `Lambda.${known}`
  if (status === 404) return 'Lambda.ResourceNotFoundException'
  return status === 429 ? 'Lambda.TooManyRequestsException' : 'Lambda.ServiceException'
}

const functionError = (text: string): Refusal => {
  const parsed = parseJson(text)
  const type = parsed.ok && isJsonObject(parsed.value) ? own(parsed.value, 'errorType') : undefined
  return { name: typeof type === 'string' ? type : 'Lambda.Unknown', cause: text }
}

const reach = async (url: string, call: Call, timeoutMs: number): Promise<Response> => {
  try {
    return await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-amz-invocation-type': call.invocationType },
      body: call.payload,
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    })
  } catch (error) {
    throw {
      name: 'Lambda.SdkClientException',
      cause: `Unable to execute HTTP request: ${error instanceof Error ? error.message : String(error)}`,
    }
  }
}

export const invokeAt =
  (endpoint: string): Invoke =>
  async request => {
    const call = callOf(request)
    if ('cause' in call) throw call
    const url = new URL(`/2015-03-31/functions/${encodeURIComponent(call.name)}/invocations`, endpoint)
    if (call.qualifier !== undefined) url.searchParams.set('Qualifier', call.qualifier)
    const response = await reach(url.href, call, request.timeoutMs)
    const text = await response.text()
    if (!response.ok) throw { name: apiError(response.status, response.headers.get('x-amzn-errortype')), cause: text }
    if (response.headers.has('x-amz-function-error')) throw functionError(text)
    const parsed = parseJson(text)
    return parsed.ok ? parsed.value : text === '' ? null : text
  }

/** Where there is nobody to call, a task fails and says why. */
export const invokeNowhere: Invoke = async ({ resource }) => {
  throw { name: 'Lambda.ServiceException', cause: `No Lambda endpoint was given (--lambda-endpoint URL), so ${resource} cannot be called` }
}
