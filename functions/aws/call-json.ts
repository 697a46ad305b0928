import { type Service, ServiceError, send, textOf } from './send.ts'

/** `com.amazonaws.kms#NotFoundException` → `NotFoundException` */
const codeOf = (type: unknown): string => (typeof type === 'string' ? (type.split('#').at(-1)?.split(':')[0] ?? 'Unknown') : 'Unknown')

const parse = (text: string): Readonly<Record<string, unknown>> => {
  if (text === '') return {}
  const value: unknown = JSON.parse(text)
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {}
}

/** Calls an operation of a service that speaks AWS JSON (KMS and Step Functions do). Throws ServiceError where it refuses. */
export const callJson = async (
  to: Service,
  target: string,
  version: '1.0' | '1.1',
  input: unknown,
): Promise<Readonly<Record<string, unknown>>> => {
  const headers = { 'content-type': `application/x-amz-json-${version}`, 'x-amz-target': target }
  const { status, body } = await send(to, { method: 'POST', path: '/', headers, body: JSON.stringify(input) }, textOf)
  const answer = parse(body)
  if (status < 300) return answer
  throw new ServiceError(codeOf(answer['__type']), status, String(answer['message'] ?? answer['Message'] ?? `status ${status}`))
}
