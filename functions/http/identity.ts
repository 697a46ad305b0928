import type { Person } from '../../shared/change/index.ts'
import type { HttpEvent } from './exchange.ts'

/** HTTP API hands an array claim on as the text `[a b]`; other issuers write `a,b` or keep the array. */
export const groupsOf = (claim: unknown): readonly string[] => {
  if (Array.isArray(claim)) return claim.filter(group => typeof group === 'string')
  if (typeof claim !== 'string') return []
  return claim
    .replace(/^\[|\]$/g, '')
    .split(/[ ,]+/)
    .filter(group => group !== '')
}

/** The person whose token the gateway's authorizer verified; null where it verified none. */
export const personOf = (event: HttpEvent): Person | null => {
  const claims = event.requestContext.authorizer?.jwt?.claims
  const subject = claims?.['sub']
  if (typeof subject !== 'string' || subject === '') return null
  const name = claims?.['name']
  return { id: subject, name: typeof name === 'string' && name !== '' ? name : subject, groups: groupsOf(claims?.['groups']) }
}

export type CallingHost = { readonly host: string; readonly fleet: string }

/** The host whose token our own authorizer verified; null where it verified none. */
export const hostOf = (event: HttpEvent): CallingHost | null => {
  const context = event.requestContext.authorizer?.lambda
  const [host, fleet] = [context?.['host'], context?.['fleet']]
  return typeof host === 'string' && typeof fleet === 'string' ? { host, fleet } : null
}

/** The token of `Authorization: Bearer …`; null where there is none. */
export const bearerOf = (event: HttpEvent): string | null => {
  const [scheme, token, ...rest] = (event.headers['authorization'] ?? '').split(' ')
  return scheme?.toLowerCase() === 'bearer' && token && rest.length === 0 ? token : null
}
