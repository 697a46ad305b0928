import type { Person } from '../../shared/change/index.ts'
import type { HttpEvent } from './exchange.ts'

/** Groups as an issuer writes them in one text: `a,b` or `a b`; the gateway writes a list as `[a b]`. */
const groupsOfText = (claim: string): readonly string[] =>
  claim
    .replace(/^\[|\]$/g, '')
    .split(/[ ,]+/)
    .filter(group => group !== '')

/**
 * The claims of the very token that the gateway verified. It hands lists on as `[a b]`, in which a group named "guests security"
 * would read as two, so a list is read where it still is one. Null where the token is not at hand.
 */
const verifiedClaims = (event: HttpEvent, subject: string): Readonly<Record<string, unknown>> | null => {
  const [, payload = ''] = (bearerOf(event) ?? '').split('.')
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString())
    return typeof claims === 'object' && claims !== null && 'sub' in claims && claims.sub === subject ? { ...claims } : null
  } catch {
    return null
  }
}

const groupsOf = (event: HttpEvent, subject: string, handedOn: unknown): readonly string[] => {
  const claim = verifiedClaims(event, subject)?.['groups'] ?? handedOn
  if (Array.isArray(claim)) return claim.filter(group => typeof group === 'string')
  return typeof claim === 'string' ? groupsOfText(claim) : []
}

/** The person whose token the gateway's authorizer verified; null where it verified none. */
export const personOf = (event: HttpEvent): Person | null => {
  const claims = event.requestContext.authorizer?.jwt?.claims
  const subject = claims?.['sub']
  if (typeof subject !== 'string' || subject === '') return null
  const name = claims?.['name']
  return {
    id: subject,
    name: typeof name === 'string' && name !== '' ? name : subject,
    groups: groupsOf(event, subject, claims?.['groups']),
  }
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
