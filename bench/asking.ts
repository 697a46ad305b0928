import { type OperationId, operation, pathOf } from '../shared/operations/index.ts'
import type { RunningPlatform } from './running-platform.ts'

type Answer = Readonly<Record<string, unknown>>
type Ask = { readonly token: string; readonly path?: Readonly<Record<string, string>>; readonly body?: unknown }

/** Asks a platform's API as a person; whatever is not 2xx is thrown. */
export const asking =
  ({ url }: RunningPlatform) =>
  async (id: OperationId, { token, path = {}, body }: Ask): Promise<Answer> => {
    const { method } = operation(id)
    const response = await fetch(url + pathOf(id, path), {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const answer = (await response.json()) as Answer
    if (!response.ok) throw new Error(`${id}: ${response.status} ${JSON.stringify(answer)}`)
    return answer
  }
