import * as z from 'zod'
import { SignedClearance, SignedDirective, SignedStopOrder } from '../rollout/index.ts'
import { applyReports } from './apply-reports.ts'
import { cohortSizes, enrolledHosts, slotCounts } from './counters.ts'
import { enrolHost, issueEnrolments } from './enrol-host.ts'
import {
  clearanceKey,
  directiveKey,
  FACT_PREFIX,
  FLEETS,
  fleetKey,
  hostKey,
  membersOf,
  readFact,
  readStoredHost,
  STOP_KEY,
  withStack,
} from './fleet-items.ts'
import { count, type Item, itemOf, text, textOrNull } from './item.ts'
import { listPage } from './listing.ts'
import type { Pause } from './pause.ts'
import type { FleetSummary, Fleets, Page, PageRequest } from './ports.ts'
import { openStacks } from './stacks.ts'
import { IS_NEW, type Table } from './table.ts'

const Trust = z.array(z.string()).readonly()

const summaryOf = async (table: Table, item: Item): Promise<FleetSummary> => ({
  id: text(item, 'sk'),
  description: text(item, 'description'),
  createdAt: text(item, 'createdAt'),
  hosts: await enrolledHosts(table, text(item, 'sk')),
  pollSeconds: count(item, 'pollSeconds'),
  trust: Trust.parse(JSON.parse(textOrNull(item, 'trust') ?? '[]')),
})

const createFleet = async (
  table: Table,
  { id, description, pollSeconds, trust = [], at }: Parameters<Fleets['create']>[0],
): ReturnType<Fleets['create']> => {
  const createdAt = new Date(at).toISOString()
  const outcome = await table.write({
    put: itemOf({ ...fleetKey(id), description, pollSeconds, trust: JSON.stringify(trust), createdAt }),
    if: IS_NEW,
  })
  if (outcome.ok) return outcome
  // The same words at the same millisecond are our own write, whose answer got lost.
  const isOurs = outcome.old !== null && text(outcome.old, 'createdAt') === createdAt && text(outcome.old, 'description') === description
  return isOurs ? { ok: true } : { ok: false, error: 'exists' }
}

const putDirective = async (table: Table, fleet: string, signed: SignedDirective): ReturnType<Fleets['putDirective']> => {
  const { version } = signed.directive
  const body = JSON.stringify(signed)
  const outcome = await table.write({
    put: itemOf({ ...directiveKey(fleet), version, body }),
    if: { text: 'attribute_not_exists(pk) OR #version < :version', names: { version: 'version' }, values: { version } },
  })
  return outcome.ok || (outcome.old !== null && text(outcome.old, 'body') === body) ? { ok: true } : { ok: false, error: 'older' }
}

const readDirective = async (table: Table, fleet: string): Promise<SignedDirective | null> => {
  const item = await table.get(directiveKey(fleet))
  return item && SignedDirective.parse(JSON.parse(text(item, 'body')))
}

const putStopOrder = async (table: Table, signed: SignedStopOrder): ReturnType<Fleets['putStopOrder']> => {
  const { version } = signed.order
  const body = JSON.stringify(signed)
  const outcome = await table.write({
    put: itemOf({ ...STOP_KEY, version, body }),
    if: { text: 'attribute_not_exists(pk) OR #version < :version', names: { version: 'version' }, values: { version } },
  })
  return outcome.ok || (outcome.old !== null && text(outcome.old, 'body') === body) ? { ok: true } : { ok: false, error: 'older' }
}

const readStopOrder = async (table: Table): Promise<SignedStopOrder | null> => {
  const item = await table.get(STOP_KEY)
  return item && SignedStopOrder.parse(JSON.parse(text(item, 'body')))
}

/** Fleets, their hosts and counters (fleet-items.ts says what stands where). */
export const openFleets = (table: Table, pause: Pause): Fleets => {
  const stacks = openStacks(table)

  const readHosts = async (ids: readonly string[]) => {
    const stored = (await table.getMany(ids.map(hostKey))).map(readStoredHost)
    const known = await stacks.get(stored.flatMap(host => host.stackDigest ?? []))
    return stored.map(host => withStack(host, known))
  }

  const listFleets = async (page: PageRequest): Promise<Page<FleetSummary>> => {
    const found = await listPage({ table, order: 'oldest-first' }, { value: FLEETS }, page, item => item)
    return { ...found, items: await Promise.all(found.items.map(item => summaryOf(table, item))) }
  }

  const listHosts = async (fleet: string, page: PageRequest) => {
    const found = await listPage({ table, order: 'oldest-first' }, { value: membersOf(fleet) }, page, item => text(item, 'sk'))
    const hosts = new Map((await readHosts(found.items)).map(host => [host.id, host]))
    return { ...found, items: found.items.flatMap(id => hosts.get(id) ?? []) }
  }

  const cohorts = async (fleet: string) => {
    const sizes = await cohortSizes(table, fleet)
    const known = await stacks.get([...sizes.keys()])
    return [...sizes].flatMap(([cohort, { hosts, fresh }]) => {
      const stack = known.get(cohort)
      return stack ? [{ cohort, stack, hosts, fresh }] : []
    })
  }

  return {
    create: fleet => createFleet(table, fleet),
    summary: async id => {
      const item = await table.get(fleetKey(id))
      return item && summaryOf(table, item)
    },
    list: listFleets,
    ids: async () => (await table.partition(FLEETS)).map(item => text(item, 'sk')),
    issueEnrolments: (fleet, hashes, expiresAt) => issueEnrolments(table, fleet, hashes, expiresAt),
    enrol: request => enrolHost(table, request),
    host: async id => (await readHosts([id]))[0] ?? null,
    hostsByIds: async ids => new Map((await readHosts(ids)).map(host => [host.id, host])),
    hosts: listHosts,
    cohorts,
    slots: (fleet, change) => slotCounts(table, fleet, change),
    applyReports: (fleet, ids, fold) => applyReports({ table, stacks, pause }, fleet, ids, fold),
    hostHistory: (host, page) =>
      listPage({ table, order: 'newest-first' }, { value: hostKey(host).pk, prefix: FACT_PREFIX }, page, readFact),
    clearance: async host => {
      const item = await table.get(clearanceKey(host))
      return item && SignedClearance.parse(JSON.parse(text(item, 'body')))
    },
    putClearance: async signed => {
      await table.write({ put: itemOf({ ...clearanceKey(signed.clearance.host), body: JSON.stringify(signed) }) })
    },
    directive: fleet => readDirective(table, fleet),
    putDirective: (fleet, signed) => putDirective(table, fleet, signed),
    stopOrder: () => readStopOrder(table),
    putStopOrder: signed => putStopOrder(table, signed),
  }
}
