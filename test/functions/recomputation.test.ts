import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { validate } from '../../functions/lifecycle/validate.ts'
import { recomputed } from '../../functions/recomputation.ts'
import { Inputs, judgeRecorded, Verdict, verdictDigest } from '../../shared/verdict/index.ts'
import { known, one, stackOf as stackWith, two } from '../verdict/examples.ts'
import { type DemoHost, digestOfFile, enrol, moduleFile, report, stackOf, submit } from './demo.ts'
import { type House, openHouse } from './house.ts'

const ask = (house: House, change: string, recompute: string | null = 'true') =>
  house.ask('show-verdict', { as: 'dave', path: { change }, query: recompute === null ? {} : { recompute } })

/** A fleet of three stacks, one with a past, that trusts a certificate; and a change to the second livepatch, judged. */
const judged = async (house: House): Promise<{ readonly change: string; readonly hosts: readonly DemoHost[] }> => {
  const trust = [readFileSync(fileURLToPath(new URL('../data/ko/keys/rsa.pem', import.meta.url)), 'utf8')]
  await house.ask('create-fleet', { as: 'alice', body: { id: 'edge', trust } })
  const hosts = await enrol(house, 'edge', 4)
  const stacks = [stackOf(), stackOf('1'), stackOf('1', 'hotfix'), stackOf('1')]
  await report(
    house,
    'edge',
    hosts.map((host, index) => host.report({ stack: stacks[index] ?? stackOf() })),
  )
  const body = { fleet: 'edge', livepatch: digestOfFile(moduleFile('2')), reason: 'r' }
  const change = String((await house.ask('propose-change', { as: 'alice', body })).body['id'])
  await validate(house.ports)({ change })
  return { change, hosts }
}

/** What was stored, altered behind the store's back: whatever reads it is told something else. */
const withCatalog = (house: House, catalog: Partial<House['ports']['catalog']>): House['ports'] => ({
  ...house.ports,
  catalog: { ...house.ports.catalog, ...catalog },
})

const house = openHouse()

describe('a stored verdict', () => {
  let change = ''
  let hosts: readonly DemoHost[] = []
  beforeAll(async () => {
    for (const name of ['1', '2', 'hotfix'] as const) await submit(house, name)
    ;({ change, hosts } = await judged(house))
  })

  test('names its inputs, and its digest, which approvals bind to, covers them', async () => {
    const { body } = await ask(house, change, null)
    const verdict = Verdict.parse(body['verdict'])
    expect(body).not.toHaveProperty('recomputed')
    expect(verdictDigest(verdict)).toBe(body['digest'])
    const inputs = await house.store.catalog.inputs(verdict.inputs ?? '')
    expect(inputs).toMatchObject({
      livepatch: digestOfFile(moduleFile('2')),
      known: [digestOfFile(moduleFile('1')), digestOfFile(moduleFile('hotfix'))].sort(),
      trust: [expect.stringContaining('BEGIN CERTIFICATE')],
      stricter: {},
    })
    expect(inputs?.cohorts.reduce((sum, { hosts }) => sum + hosts, 0)).toBe(4)
  })

  test('comes out the same when it is worked out again, also after the fleet has moved on', async () => {
    await report(house, 'edge', [hosts[0]?.report({ stack: stackOf('2') }) ?? ''])
    expect((await ask(house, change)).body).toMatchObject({ recomputed: { outcome: 'equal', differences: [] } })
  })

  test('that comes out otherwise is shown with what differs', async () => {
    const ports = withCatalog(house, {
      manifests: async digests =>
        new Map(
          [...(await house.store.catalog.manifests(digests))].map(([digest, manifest]) => [
            digest,
            { ...manifest, fixes: ['CVE-2026-9999'] },
          ]),
        ),
    })
    const stored = Verdict.parse((await ask(house, change)).body['verdict'])
    const again = await recomputed(ports, stored)
    expect(again).toMatchObject({ outcome: 'different', detail: expect.stringContaining('the rules carry the same version') })
    expect(again.differences).toContainEqual(expect.stringMatching(/^cohort [0-9a-f]{12}: fixes was .*CVE-0000-0002.*, is .*CVE-2026-9999/))
    expect(again.digest).not.toBe(verdictDigest(stored))
  })

  test('whose inputs were altered, or lack a livepatch, is not worked out again', async () => {
    const stored = Verdict.parse((await ask(house, change)).body['verdict'])
    const lost = await recomputed(withCatalog(house, { inputs: async () => null }), stored)
    expect(lost).toMatchObject({ outcome: 'impossible', detail: expect.stringContaining('not in the catalog, or were altered') })
    const gone = await recomputed(withCatalog(house, { manifests: async () => new Map() }), stored)
    expect(gone).toMatchObject({
      outcome: 'impossible',
      detail: expect.stringContaining(`livepatch ${digestOfFile(moduleFile('2'))} is not`),
    })
  })

  test('of before inputs were stored says that it cannot be', async () => {
    const { verdict } = JSON.parse(readFileSync('test/data/verdict/verdict-before-code.json', 'utf8'))
    expect(await recomputed(house.ports, Verdict.parse(verdict))).toEqual({
      outcome: 'impossible',
      detail: expect.stringContaining('from before inputs were stored'),
      digest: null,
      rules: null,
      differences: [],
    })
  })

  test('is asked for in words that are understood only', async () => {
    expect((await ask(house, change, 'yes')).status).toBe(422)
  })
})

describe('inputs', () => {
  const asked = { livepatch: two, trust: [], known: known(), cohorts: [{ stack: stackWith([one]), hosts: 2, replacedEarlier: ['lp_2'] }] }

  test('are stored under their digest, and what lies under another one is none', async () => {
    const { verdict, inputs } = judgeRecorded(asked)
    await house.store.catalog.putVerdict(verdict, inputs)
    expect(await house.store.catalog.inputs(verdict.inputs ?? '')).toEqual(Inputs.parse(inputs))
    const other = 'f'.repeat(64)
    expect(await house.store.catalog.inputs(other)).toBeNull()
    const TableName = house.tables.catalog
    const key = (digest: string) => ({ pk: { S: `inputs#${digest}` }, sk: { S: 'inputs' } })
    const { Item } = await house.client.send(new GetItemCommand({ TableName, Key: key(verdict.inputs ?? '') }))
    await house.client.send(new PutItemCommand({ TableName, Item: { ...Item, ...key(other) } }))
    expect(await house.store.catalog.inputs(other)).toBeNull()
  })

  test('that differ in anything make another verdict, whatever order livepatches were named in', () => {
    const digest = (over: object): string => verdictDigest(judgeRecorded({ ...asked, ...over }).verdict)
    const before = digest({})
    expect(digest({ known: new Map([...known()].toReversed()) })).toBe(before)
    for (const over of [
      { trust: ['a certificate'] },
      { stricter: new Map([['unsigned', 'why']]) },
      { cohorts: [{ ...asked.cohorts[0], hosts: 3 }] },
    ])
      expect(digest(over)).not.toBe(before)
  })
})
