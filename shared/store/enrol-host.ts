import { addTo, counterWrites, enrolledKey, withSteps } from './counters.ts'
import { hostItem, hostKey, membersOf, readStoredHost, tokenKey } from './fleet-items.ts'
import { itemOf, text, textOrNull } from './item.ts'
import type { Fleets } from './ports.ts'
import { IS_NEW, type Table, TRANSACTION_ITEMS_MAX, type Write } from './table.ts'

type EnrolRequest = Parameters<Fleets['enrol']>[0]
type Enrolled = Awaited<ReturnType<Fleets['enrol']>>

/** A used token is kept a day, so that a host whose answer got lost is recognised. */
const USED_TOKEN_SECONDS = 86_400

/** `expiresAt` in epoch milliseconds. */
export const issueEnrolments = async (table: Table, fleet: string, hashes: readonly string[], expiresAt: number): Promise<void> => {
  const gone = Math.ceil(expiresAt / 1000) + USED_TOKEN_SECONDS
  const writes: Write[] = hashes.map(hash => ({
    put: itemOf({ ...tokenKey(hash), fleet, validUntil: expiresAt, expiresAt: gone }),
    if: IS_NEW,
  }))
  for (let from = 0; from < writes.length; from += TRANSACTION_ITEMS_MAX) {
    const outcome = await table.transact(writes.slice(from, from + TRANSACTION_ITEMS_MAX))
    if (!outcome.ok) throw new Error('an enrolment token with this hash was issued before')
  }
}

/** Positions of the writes below. */
const TOKEN = 0
const writesOf = ({ fleet, tokenHash, host, at }: EnrolRequest): Write[] => [
  {
    update: tokenKey(tokenHash),
    to: { text: 'SET #usedBy = :host', names: { usedBy: 'usedBy' }, values: { host: host.id } },
    if: {
      text: '#fleet = :fleet AND #validUntil > :at AND attribute_not_exists(#usedBy)',
      names: { fleet: 'fleet', validUntil: 'validUntil' },
      values: { fleet, at },
    },
  },
  { put: hostItem(host), if: IS_NEW },
  { put: itemOf({ pk: membersOf(fleet), sk: host.id }) },
  addTo(enrolledKey(host), [['hosts', 1]]),
  ...counterWrites(withSteps(new Map(), null, host)),
]

/** The very host that this token made, asking again because it never got the answer. */
const isRepetition = async (table: Table, { fleet, tokenHash, host }: EnrolRequest): Promise<boolean> => {
  const [token, stored] = await Promise.all([table.get(tokenKey(tokenHash)), table.get(hostKey(host.id))])
  if (token === null || stored === null) return false
  const known = readStoredHost(stored)
  return (
    text(token, 'fleet') === fleet && textOrNull(token, 'usedBy') === host.id && known.publicKey === host.publicKey && known.fleet === fleet
  )
}

/** Uses the token up and creates the host with its membership and counters, all or nothing. */
export const enrolHost = async (table: Table, request: EnrolRequest): Promise<Enrolled> => {
  const outcome = await table.transact(writesOf(request))
  if (outcome.ok || (await isRepetition(table, request))) return { ok: true }
  return { ok: false, error: outcome.failed.has(TOKEN) ? 'bad-token' : 'host-exists' }
}
