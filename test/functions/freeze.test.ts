import { beforeAll, expect, test } from '@jest/globals'
import { approveChange } from '../../functions/api/approve-change.ts'
import { openWave } from '../../functions/lifecycle/open-wave.ts'
import { sweep } from '../../functions/lifecycle/sweep.ts'
import { validate } from '../../functions/lifecycle/validate.ts'
import { policyInForce } from '../../functions/policy-in-force.ts'
import { houseFiles } from '../policy/house-policies.ts'
import { createFleet, digestOfFile, fleetOf, moduleFile, submit } from './demo.ts'
import { openHouse } from './house.ts'

const house = openHouse()
const FLEET = 'edge'
/* The house's clock begins at nine on that day. */
const morning = {
  name: 'morning',
  owner: 'operators',
  reason: 'a launch',
  timeZone: 'UTC',
  from: '2026-11-02T08:00',
  until: '2026-11-02T12:00',
}
const policy = policyInForce(
  () => ({ ...houseFiles, freezes: JSON.stringify({ freezes: [{ ...morning, fleets: [FLEET] }] }) }),
  () => house.ports.policies,
)
const frozen = () => ({
  ...house.ports,
  policy,
})
const hour = 3_600_000
let change = ''

const loaded = async () => {
  const found = await house.store.ledger.loadChange(change)
  if (!found) throw new Error('no change')
  return found.change
}
const approve = async (id: string, group: string) => {
  const { review, fleet, proposer } = await loaded()
  const resource = { type: 'Change', id: change, fleet, proposer: proposer.id } as const
  const principal = { type: 'Person', id, groups: [group] } as const
  const answer = policy.authorize({ principal, action: 'approveChange', resource, context: { decision: 'approve' } })
  if (!answer.allowed) throw new Error(answer.reasons.join())
  const body = { decision: 'approve' as const, digest: review?.digest ?? '', comment: '', signOff: [] }
  const person = { id, name: id, groups: [group] }
  const call = { id: `request-${id}`, at: house.time, ifMatch: null, ifNoneMatch: null, person, decision: answer.decision }
  return approveChange(frozen())({ ...call, input: { path: { change }, query: {}, body } })
}

beforeAll(async () => {
  await policy.refresh()
  await submit(house, '2')
  await fleetOf(house, FLEET, 1)
  const livepatch = digestOfFile(moduleFile('2'))
  const answer = await house.ask('propose-change', { as: 'alice', body: { fleet: FLEET, livepatch, reason: 'r' } })
  change = String(answer.body['id'])
  await validate(frozen())({ change })
})

test('a freeze is shown on each fleet that it keeps back and beside the holds, with its owner, its reason and its end', async () => {
  house.policies = policy.set()
  await createFleet(house, 'core')
  const { owner, reason, until, timeZone } = morning
  const text = 'morning by operators (until 2026-11-02T12:00 UTC: a launch)'
  const shown = [{ name: 'morning', owner, reason, until, timeZone, fleets: [FLEET], text }]
  const freezesIn = async (id: 'show-fleet' | 'list-holds', path = {}) => (await house.ask(id, { as: 'dave', path })).body['freezes']
  expect(await freezesIn('show-fleet', { fleet: FLEET })).toEqual(shown)
  expect(await freezesIn('show-fleet', { fleet: 'core' })).toEqual([])
  expect(await freezesIn('list-holds')).toEqual(shown)
  house.policies = null
  expect(await freezesIn('list-holds')).toEqual([])
})

test('a change with its approvals waits for the end of a freeze, and says so', async () => {
  await approve('bob', 'kernel-maintainers')
  const needs = ['the end of the freeze morning by operators (until 2026-11-02T12:00 UTC: a launch)']
  expect(await approve('carol', 'security')).toMatchObject({ status: 201, body: { status: 'in-review', needs } })
  house.time += 2 * hour
  await sweep(frozen())()
  expect((await loaded()).status).toBe('in-review')
})

test('the sweep releases it when the freeze is over, on the lifecycle’s word, and wakes the workflow', async () => {
  await house.store.ledger.wait(change, { for: 'approvals', token: 'waiting', wave: null })
  house.time += 2 * hour
  await sweep(frozen())()
  expect((await loaded()).status).toBe('released')
  expect(house.woken).toContainEqual({ token: 'waiting', output: { released: true } })
  const { items } = await house.store.ledger.commitsOf(`change#${change}`, { limit: 10 })
  expect(items.at(-1)).toMatchObject({ actor: 'supersede', policies: ['lifecycle-moves'], events: [{ type: 'released' }] })
})

test('waves of a released change open in a freeze', async () => {
  house.time -= 2 * hour
  expect(await openWave(frozen())({ change })).toMatchObject({ next: 'await', wave: 0 })
})
