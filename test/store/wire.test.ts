import { PutItemCommand } from '@aws-sdk/client-dynamodb'
import { describe, expect, test } from '@jest/globals'
import { foldReport } from '../../shared/fleet/index.ts'
import { judgeWave } from '../../shared/rollout/index.ts'
import { enrolledOf } from '../../shared/store/counters.ts'
import { slotKey } from '../../shared/store/fleet-items.ts'
import type { Loaded, Store } from '../../shared/store/index.ts'
import { host, report } from '../fleet/examples.ts'
import { directive, plan } from '../rollout/examples.ts'
import { judged, leave, NOON, newId, proposed } from './examples.ts'
import { openStore } from './open-store.ts'

const opened = openStore()
const page = { limit: 10 }

const append = async (store: Store, id: string, events: Parameters<Store['ledger']['appendChange']>[0]['events']): Promise<Loaded> => {
  const now = await store.ledger.loadChange(id)
  const at = { expected: now?.version ?? 0, lastHash: now?.lastHash ?? null }
  const outcome = await store.ledger.appendChange({ id, ...at, events, actor: 'alice', at: NOON, commitId: newId(), decision: leave })
  if (!outcome.ok) throw new Error(outcome.error)
  return outcome.loaded
}

/** Every method of the store once, as the project uses them. */
const everything = async (store: Store): Promise<void> => {
  const [change, fleet, id] = [newId(), newId(), newId()]
  await append(store, change, [proposed(change, fleet)])
  await append(store, change, [judged])
  const fact = { actor: 'alice', at: NOON, commitId: newId(), decision: leave }
  await store.ledger.record({ stream: `fleet#${fleet}`, event: { type: 'fleet-created' }, ...fact })
  await store.ledger.commitsOf(`change#${change}`, page)
  for (const filter of [{}, { actor: 'alice' }, { fleet }, { day: '2026-11-20' }, { actor: 'alice', fleet, day: '2026-11-20' }])
    await store.ledger.commits(filter, page)
  for (const filter of [{}, { fleet }, { status: 'in-review' }, { fleet, status: 'in-review' }] as const)
    await store.ledger.changes(filter, page)
  await store.ledger.head(change)
  await store.ledger.open(page)
  await store.ledger.wait(change, { for: 'wave', token: 't', wave: 0 })
  await store.ledger.waiting(change)
  await store.catalog.manifest('f'.repeat(64))
  await store.catalog.manifests(['f'.repeat(64)])
  await store.catalog.byName('x')
  await store.catalog.list({}, page)
  await store.catalog.list({ series: 's' }, page)
  await store.catalog.verdict('f'.repeat(64))
  await store.fleets.create({ id: fleet, description: '', pollSeconds: 30, at: NOON })
  await store.fleets.issueEnrolments(fleet, [id], NOON + 1)
  await store.fleets.enrol({ fleet, tokenHash: id, host: host({ id, fleet }), at: NOON })
  await store.fleets.applyReports(fleet, [id], known => foldReport(known, report({ host: id, fleet, change }), NOON), NOON)
  await store.fleets.summary(fleet)
  await store.fleets.list(page)
  await store.fleets.host(id)
  await store.fleets.hosts(fleet, page)
  await store.fleets.cohorts(fleet)
  await store.fleets.slots(fleet, change)
  await store.fleets.hostHistory(id, page)
  await store.fleets.putDirective(fleet, { directive: directive({ fleet }), keyId: 'k', signature: 's' })
  await store.fleets.directive(fleet)
  const functions = { kept: [], repatched: [], added: [], reverted: [] }
  await store.lineage.add([{ previous: 'p', next: newId(), fleet, change, at: new Date(NOON).toISOString(), hosts: 1, ...functions }])
  await store.lineage.replaced('p', page)
  await store.lineage.replacedBy('p', page)
  await store.idempotency.begin({ scope: 's', key: id, bodyHash: 'h', at: NOON, id })
  await store.idempotency.finish({ scope: 's', key: id, status: 200, body: '', headers: {}, at: NOON })
}

describe('what goes over the wire', () => {
  const asked = async () => {
    const from = opened.wire.requests.length
    await everything(opened.again())
    return opened.wire.requests.slice(from)
  }

  test('is these six operations, and no scan', async () => {
    expect(new Set((await asked()).map(({ operation }) => operation))).toEqual(
      new Set(['BatchGetItem', 'GetItem', 'PutItem', 'UpdateItem', 'Query', 'TransactWriteItems']),
    )
  })

  test('whatever is read from a table is strongly consistent; only listings read an index', async () => {
    const requests = await asked()
    for (const { operation, input } of requests) {
      if (operation === 'GetItem') expect(input['ConsistentRead']).toBe(true)
      if (operation === 'Query') expect(input['ConsistentRead']).toBe(input['IndexName'] === undefined)
      if (operation === 'BatchGetItem')
        for (const wanted of Object.values(input['RequestItems'] ?? {})) expect(wanted).toHaveProperty('ConsistentRead', true)
    }
    expect(requests.some(({ input }) => input['IndexName'] !== undefined)).toBe(true)
  })

  test('a query names its partition', async () => {
    for (const { operation, input } of await asked())
      if (operation === 'Query') expect(input['KeyConditionExpression']).toMatch(/^(pk|#partition) = :/)
  })

  test('only keys of idempotency and enrolment ever expire', async () => {
    const expiring: string[] = []
    for (const { input } of await asked()) {
      const items = JSON.stringify(input['Item'] ?? input['TransactItems'] ?? {})
      if (items.includes('"expiresAt"')) expiring.push(/"pk":\{"S":"(\w+)#/.exec(items)?.[1] ?? '?')
    }
    expect(new Set(expiring)).toEqual(new Set(['idem', 'token']))
  })
})

describe('the price of a wave', () => {
  /** A fleet as the counters tell it: so many hosts, evenly over the slots, all of them applied. */
  const fleetOf = async (hosts: number, change: string): Promise<string> => {
    const fleet = newId()
    const put = (pk: string, slot: number, attribute: string, value: number) =>
      opened.client.send(
        new PutItemCommand({
          TableName: opened.tables.fleet,
          Item: { pk: { S: pk }, sk: { S: slotKey(slot) }, [attribute]: { N: String(value) } },
        }),
      )
    for (let slot = 0; slot < 100; slot += 1) {
      const here = Math.floor((hosts * (slot + 1)) / 100) - Math.floor((hosts * slot) / 100)
      if (here === 0) continue
      await put(enrolledOf(fleet), slot, 'hosts', here)
      await put(`progress#${fleet}#${change}`, slot, 'applied', here)
    }
    return fleet
  }

  /** Opens a wave, waits for it, counts it: the requests that this takes. */
  const priceOf = async (hosts: number): Promise<{ requests: readonly string[]; applied: number }> => {
    const change = newId()
    const fleet = await fleetOf(hosts, change)
    const { store } = opened
    await append(store, change, [proposed(change, fleet)])
    const from = opened.wire.sent.length
    await append(store, change, [judged])
    await store.fleets.putDirective(fleet, { directive: directive({ fleet }), keyId: 'k', signature: 's' })
    await store.ledger.wait(change, { for: 'wave', token: 't', wave: 2 })
    const judgement = judgeWave(plan(), 2, await store.fleets.slots(fleet, change))
    return { requests: opened.wire.sent.slice(from), applied: judgement.counts.applied }
  }

  test('is the same for 40 hosts and for 40,000', async () => {
    const [small, large] = [await priceOf(40), await priceOf(40_000)]
    expect([small.applied, large.applied]).toEqual([40, 40_000])
    expect(large.requests).toEqual(small.requests)
    expect(large.requests).toEqual(['GetItem', 'TransactWriteItems', 'PutItem', 'PutItem', 'Query', 'Query'])
  })
})
