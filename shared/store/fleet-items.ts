import * as z from 'zod'
import { Between, type Host, type HostFact, HostState, Report, TransitionEvidence } from '../fleet/index.ts'
import type { Stack } from '../kernel/index.ts'
import { type Item, itemOf, type Key, padded, text } from './item.ts'

/*
 * The fleet table's items.
 *
 *   pk                      sk                    what
 *   fleets                  <fleet>               a fleet
 *   directive#<fleet>       directive             its signed directive
 *   stop                    order                 the signed stop order, one for all fleets
 *   token#<hash>            token                 a one-time enrolment token, and who used it
 *   members#<fleet>         <host>                that a host belongs to a fleet; written once, so listing needs no index
 *   host#<host>             host                  the host with its newest report; its sequence guards the next one
 *   host#<host>             fact#000000000001     a fact of its history
 *   stack#<digest>          stack                 a stack, once for all hosts that have it
 *   enrolled#<fleet>        slot#07               counter: hosts enrolled in a slot
 *   cohorts#<fleet>         <digest>#3            counters: hosts of a cohort, and the fresh ones among them, in ten shards by slot
 *   progress#<fleet>#<c>    slot#07               counters: hosts that answer to change c, one attribute a state
 */

export const FLEETS = 'fleets'
export const fleetKey = (fleet: string): Key => ({ pk: FLEETS, sk: fleet })
export const directiveKey = (fleet: string): Key => ({ pk: `directive#${fleet}`, sk: 'directive' })
export const STOP_KEY: Key = { pk: 'stop', sk: 'order' }
export const tokenKey = (hash: string): Key => ({ pk: `token#${hash}`, sk: 'token' })
export const membersOf = (fleet: string): string => `members#${fleet}`
export const hostKey = (host: string): Key => ({ pk: `host#${host}`, sk: 'host' })
export const factKey = (host: string, sequence: number): Key => ({ pk: `host#${host}`, sk: `fact#${padded(sequence)}` })
/** The newest clearance that a host was given. */
export const clearanceKey = (host: string): Key => ({ pk: `host#${host}`, sk: 'clearance' })
export const FACT_PREFIX = 'fact#'
export const stackKey = (digest: string): Key => ({ pk: `stack#${digest}`, sk: 'stack' })
export const slotKey = (slot: number): string => `slot#${padded(slot, 2)}`

/** A host as stored: its stack stands once under its digest, because thousands share it and it may be large. */
const StoredHost = z.object({
  id: z.string(),
  fleet: z.string(),
  publicKey: z.string(),
  enrolledAt: z.string(),
  bucket: z.int(),
  sequence: z.int(),
  state: HostState,
  bootId: z.string().nullable().default(null),
  fresh: z.boolean().default(false),
  stackDigest: z.string().nullable(),
  change: z.string().nullable(),
  refusal: Report.shape.refusal,
  transition: TransitionEvidence.nullable().default(null),
  between: Between.nullable().default(null),
  clearance: z.string().nullable().default(null),
  lastSeenAt: z.string().nullable(),
})
type StoredHost = z.infer<typeof StoredHost>

export const hostItem = ({ stack: _, ...host }: Host): Item =>
  itemOf({ ...hostKey(host.id), sequence: host.sequence, host: JSON.stringify(host satisfies StoredHost) })

export const readStoredHost = (item: Item): StoredHost => StoredHost.parse(JSON.parse(text(item, 'host')))

/** Null for a host that has not reported a stack yet. */
export const withStack = (host: StoredHost, stacks: ReadonlyMap<string, Stack>): Host => ({
  ...host,
  stack: host.stackDigest === null ? null : (stacks.get(host.stackDigest) ?? null),
})

const StoredFact = z.object({
  host: z.string(),
  fleet: z.string(),
  sequence: z.int(),
  trueAt: z.string(),
  learnedAt: z.string(),
  state: HostState,
  change: z.string().nullable(),
  stackDigest: z.string(),
  transition: TransitionEvidence.nullable().default(null),
  between: Between.nullable().default(null),
  livepatches: z.array(z.object({ name: z.string(), digest: z.string().nullable() })),
})

export const factItem = (fact: HostFact): Item => itemOf({ ...factKey(fact.host, fact.sequence), fact: JSON.stringify(fact) })

export const readFact = (item: Item): HostFact => StoredFact.parse(JSON.parse(text(item, 'fact')))
