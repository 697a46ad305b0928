import { UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { describe, expect, test } from '@jest/globals'
import { evaluateWave } from '../../functions/lifecycle/evaluate-wave.ts'
import type { Ports } from '../../functions/ports.ts'
import { stackDigest } from '../../shared/kernel/index.ts'
import { createFleet, digestOfFile, enrol, moduleFile, report, stackOf, submit } from '../functions/demo.ts'
import { type House, openHouse } from '../functions/house.ts'
import { openLifecycle } from '../functions/lifecycle-machine.ts'

const PLAN = { soakSeconds: 0, waveSecondsMax: 60, approvalSecondsMax: 600, pollSeconds: 1 }
const SLOTS = 100

const house = openHouse()
const add = (pk: string, sk: string, attribute: string, value: number) =>
  house.client.send(
    new UpdateItemCommand({
      TableName: house.tables.fleet,
      Key: { pk: { S: pk }, sk: { S: sk } },
      UpdateExpression: 'ADD #a :v',
      ExpressionAttributeNames: { '#a': attribute },
      ExpressionAttributeValues: { ':v': { N: String(value) } },
    }),
  )
const slotKey = (slot: number): string => `slot#${String(slot).padStart(2, '0')}`
const inSlot = (hosts: number, slot: number): number => Math.floor((hosts * (slot + 1)) / SLOTS) - Math.floor((hosts * slot) / SLOTS)

/** A fleet of so many hosts as the counters tell it; one of them is enrolled and reports, so that its stack is known. */
const fleetOf = async (fleet: string, hosts: number): Promise<void> => {
  await createFleet(house, fleet)
  const [first] = await enrol(house, fleet, 1)
  await report(house, fleet, [first?.report({}) ?? ''])
  for (let slot = 0; slot < SLOTS; slot += 1)
    if (inSlot(hosts, slot) > 0) await add(`enrolled#${fleet}`, slotKey(slot), 'hosts', inSlot(hosts, slot))
  await add(`cohorts#${fleet}`, `${stackDigest(stackOf())}#0`, 'hosts', hosts)
}

/** Every host of the open share says that it has applied the change; the enrolled one with the others. */
const applyShare = async (ports: Ports, fleet: string, change: string, wave: number, hosts: number): Promise<void> => {
  const share = [5, 50, 100][wave] ?? 0
  const from = [0, 5, 50][wave] ?? 0
  const enrolled = await ports.fleets.slots(fleet, change)
  for (const { slot, hosts: here } of enrolled)
    if (slot >= from && slot < share) await add(`progress#${fleet}#${change}`, slotKey(slot), 'applied', here)
  expect(enrolled.reduce((sum, { hosts: here }) => sum + here, 0)).toBe(hosts + 1)
  await evaluateWave(ports as House['ports'], change)
}

/** Runs a change through the real state machine and the real tasks, and counts what it cost. */
const costOf = async (hosts: number) => {
  const fleet = `scale-${hosts}`
  await fleetOf(fleet, hosts)
  const machine = await openLifecycle(house, {
    after: async (task, change, wave) => {
      if (task === 'await-wave') await applyShare(house.ports, fleet, change, wave, hosts)
    },
  })
  const { body } = await house.ask('propose-change', {
    as: 'alice',
    body: { fleet, livepatch: digestOfFile(moduleFile('2')), plan: PLAN, reason: 'scale' },
  })
  const change = String(body['id'])
  const show = async () => (await house.ask('show-change', { as: 'dave', path: { change } })).body
  await machine.settle()
  const { digest } = await show()
  for (const as of ['bob', 'carol'] as const)
    await house.ask('approve-change', { as, path: { change }, body: { decision: 'approve', digest, comment: 'yes' } })
  await machine.pass(0)
  const [{ status }, entered, commits] = [
    await show(),
    await machine.entered(change),
    await house.ports.ledger.commitsOf(`change#${change}`, { limit: 100 }),
  ]
  machine.close()
  return { status: String(status), transitions: entered.length, commits: commits.items.map(({ events }) => events.map(({ type }) => type)) }
}

describe('a rollout costs the same for 40 hosts and for 40,000', () => {
  test('in state transitions and in writes to the change, and at most 200 transitions', async () => {
    await submit(house, '2')
    const [small, large] = [await costOf(40), await costOf(40_000)]
    expect([small.status, large.status]).toEqual(['completed', 'completed'])
    expect(large.transitions).toBe(small.transitions)
    expect(large.commits).toEqual(small.commits)
    expect(large.transitions).toBeLessThanOrEqual(200)
    expect(large.commits.flat().filter(type => type.startsWith('wave-'))).toHaveLength(9)
  })
})
