import type { IncomingMessage } from 'node:http'

/*
 * Requests must carry a signature, as the service wants it, but nobody checks it: this endpoint has no secrets to check
 * it with, and listens on the loopback. A client that forgets to sign is told so here and not only when it is deployed.
 */
type SignatureRefusal = { readonly name: string; readonly message: string }

const incomplete = (message: string): SignatureRefusal => ({ name: 'IncompleteSignatureException', message })
const missing: SignatureRefusal = { name: 'MissingAuthenticationTokenException', message: 'Request is missing Authentication Token' }
const queryMembers = ['X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Signature', 'X-Amz-SignedHeaders', 'X-Amz-Date']

const headerRefusal = (authorization: string, isDated: boolean): SignatureRefusal | undefined => {
  const members = new Set(
    authorization
      .split(/,| /)
      .slice(1)
      .flatMap(part => /^\s*(\w+)=./.exec(part)?.[1] ?? []),
  )
  const absent = ['Credential', 'Signature', 'SignedHeaders'].filter(name => !members.has(name))
  if (absent.length === 0 && isDated) return undefined
  const date = isDated ? '' : "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
  return incomplete(
    `${absent.map(name => `Authorization header requires '${name}' parameter. `).join('')}${date}Authorization=${authorization}`,
  )
}

const queryRefusal = (query: URLSearchParams): SignatureRefusal | undefined => {
  const absent = queryMembers.filter(name => !query.get(name))
  if (absent.length === 0) return undefined
  return incomplete(
    `${absent.map(name => `AWS query-string parameters must include '${name}'. `).join('')}Re-examine the query-string parameters.`,
  )
}

/** Why a request counts as unsigned; undefined when it looks signed. */
export const signatureRefusal = ({ headers, url }: IncomingMessage): SignatureRefusal | undefined => {
  const { authorization } = headers
  const query = new URL(url ?? '/', 'http://localhost').searchParams
  const isInQuery = query.has('X-Amz-Algorithm')
  if (authorization !== undefined && isInQuery)
    return {
      name: 'InvalidSignatureException',
      message: "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
    }
  if (isInQuery) return queryRefusal(query)
  if (!authorization?.trim().startsWith('AWS4-')) return missing
  return headerRefusal(authorization, headers['x-amz-date'] !== undefined || headers.date !== undefined)
}
