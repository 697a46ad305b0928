import { type Person, WORKFLOW } from '../../shared/change/index.ts'
import type { HttpEvent } from './exchange.ts'

export const PERSON_ID_LENGTH_MAX = 255
const VISIBLE = /^[^\p{C}\s]+( [^\p{C}\s]+)*$/u

/** Whether the record can tell a person by this id: one that looks like another, or like the workflow's, names nobody. */
export const isPersonId = (id: string): boolean => id.length <= PERSON_ID_LENGTH_MAX && id !== WORKFLOW && VISIBLE.test(id)

const NAME_LENGTH_MAX = 128
const nameOf = (claim: unknown, subject: string): string =>
  typeof claim === 'string' ? [...claim.toWellFormed().trim()].slice(0, NAME_LENGTH_MAX).join('') || subject : subject

/** Groups as an issuer writes them in one text: `a,b` or `a b`. */
const groupsOfText = (claim: string): readonly string[] => claim.split(/[ ,]+/).filter(group => group !== '')

/** A list as the gateway writes it, `[a b]`: with more than one word in it nobody knows which groups these are. */
const groupsOfList = (written: string): readonly string[] => {
  const groups = groupsOfText(written.slice(1, -1))
  return groups.length === 1 ? groups : []
}

/**
 * The claims of the very token that the gateway verified, with the word `Bearer` before it or without. It hands lists on as `[a b]`, in which a
 * group named "guests security" would read as two, so a list is read where it still is one. Null where the token is not at hand.
 */
const verifiedClaims = (event: HttpEvent, subject: string): Readonly<Record<string, unknown>> | null => {
  const [, payload = ''] = (/^(?:bearer +)?(\S+)$/i.exec((event.headers['authorization'] ?? '').trim())?.[1] ?? '').split('.')
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString())
    return typeof claims === 'object' && claims !== null && 'sub' in claims && claims.sub === subject ? { ...claims } : null
  } catch {
    return null
  }
}

const groupsOf = (event: HttpEvent, subject: string, handedOn: unknown): readonly string[] => {
  const claim = verifiedClaims(event, subject)?.['groups'] ?? handedOn
  if (Array.isArray(claim)) return claim.filter(group => typeof group === 'string' && group.isWellFormed())
  if (typeof claim !== 'string') return []
  return claim.startsWith('[') ? groupsOfList(claim) : groupsOfText(claim)
}

/** The person whose token the gateway's authorizer verified; null where it verified none, or one of a subject that names nobody. */
export const personOf = (event: HttpEvent): Person | null => {
  const claims = event.requestContext.authorizer?.jwt?.claims
  const subject = claims?.['sub']
  if (typeof subject !== 'string' || !isPersonId(subject)) return null
  return { id: subject, name: nameOf(claims?.['name'], subject), groups: groupsOf(event, subject, claims?.['groups']) }
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
