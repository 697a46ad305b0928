import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { expireApprovals } from '../../functions/lifecycle/expire-approvals.ts'
import { validate } from '../../functions/lifecycle/validate.ts'
import { loadPolicies } from '../../shared/policy/index.ts'
import { houseFiles } from '../policy/house-policies.ts'
import { digestOfFile, type enrol, fleetOf, moduleFile, report, stackOf, submit } from './demo.ts'
import { openHouse, type PersonName } from './house.ts'

const house = openHouse()
const day = 86_400_000
let fleets = 0
let fleet = ''
let change = ''
let hosts: Awaited<ReturnType<typeof enrol>> = []

const show = async () => (await house.ask('show-change', { as: 'dave', path: { change } })).body
const digest = async () => String((await show())['digest'])
const revise = async (as: PersonName, body: object = {}) =>
  house.ask('revise-change', { as, path: { change }, body: { digest: await digest(), reason: 'moved', ...body } })
const approve = async (as: PersonName) =>
  house.ask('approve-change', { as, path: { change }, body: { decision: 'approve', digest: await digest() } })

beforeAll(async () => {
  await submit(house, '1')
  await submit(house, '2')
})

beforeEach(async () => {
  fleets += 1
  fleet = `fleet-${fleets}`
  hosts = await fleetOf(house, fleet, 2)
  const livepatch = digestOfFile(moduleFile('2'))
  change = String((await house.ask('propose-change', { as: 'alice', body: { fleet, livepatch, reason: 'r' } })).body['id'])
  await validate(house.ports)({ change })
  await approve('bob')
})

describe('a revision', () => {
  test('with another plan keeps what the new one leaves out, and voids what was approved', async () => {
    const plan = { soakSeconds: 60, budgets: { failed: { count: 1 } } }
    expect(await revise('alice', { plan })).toMatchObject({
      status: 201,
      body: { status: 'in-review', approvals: [], voidApprovals: [{ by: 'bob', why: 'moved', differs: ['plan'] }] },
    })
    expect(await show()).toMatchObject({
      plan: { soakSeconds: 60, waveSecondsMax: 7_200, budgets: { failed: { count: 1, share: 0.02 }, stalled: { count: 20 } } },
      timeline: [{}, {}, {}, { text: 'Alice revised it with another plan: moved' }, { type: 'judged' }],
    })
    const { items } = await house.store.ledger.commitsOf(`change#${change}`, { limit: 10 })
    expect(items.at(-1)).toMatchObject({ actor: 'alice', policies: ['propose'], events: [{ type: 'revised' }, { type: 'judged' }] })
  })

  test('judges the stacks that are there now', async () => {
    const [host] = hosts
    if (!host) throw new Error('no host')
    await report(house, fleet, [host.report({ stack: stackOf('1') })])
    expect(await revise('bob')).toMatchObject({ status: 201, body: { voidApprovals: [{ differs: ['verdict'] }] } })
    const { body } = await house.ask('show-verdict', { as: 'dave', path: { change } })
    expect(body).toMatchObject({ verdict: { cohorts: [{ hosts: 1 }, { hosts: 1 }] } })
    expect((await approve('bob')).status).toBe(201)
  })

  test('is refused where nothing moved, and voids nobody’s approval for it', async () => {
    expect(await revise('alice')).toMatchObject({ status: 409, body: { code: 'not-allowed-now', reason: 'nothing-moved' } })
    expect(await show()).toMatchObject({ approvals: [{ by: 'bob' }], voidApprovals: [] })
  })

  test('is of what was seen, with a sound plan, by who may propose', async () => {
    expect(await revise('alice', { digest: 'e'.repeat(64), plan: { soakSeconds: 1 } })).toMatchObject({
      status: 409,
      body: { code: 'outdated-digest' },
    })
    expect(await revise('alice', { plan: { waves: [{ share: 500 }, { share: 100 }] } })).toMatchObject({
      status: 422,
      body: { code: 'plan-refused', problems: [expect.any(String), expect.any(String)] },
    })
    for (const as of ['carol', 'dave', 'mallory'] as const)
      expect(await revise(as, { plan: { soakSeconds: 1 } })).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  })

  test('keeps who planned from deciding', async () => {
    expect((await revise('bob', { plan: { soakSeconds: 1 } })).status).toBe(201)
    expect(await approve('bob')).toMatchObject({ status: 403, body: { code: 'four-eyes' } })
    expect((await approve('erin')).status).toBe(201)
  })
})

describe('the time to decide', () => {
  const before = async () => Date.parse(String((await show())['decideBefore']))

  test('begins anew with a revision, and the workflow waits as long', async () => {
    await house.store.ledger.wait(change, { for: 'approvals', token: 'waiting', wave: null })
    house.time += 2 * day
    await revise('alice', { plan: { soakSeconds: 60 } })
    expect((await before()) - house.time).toBe(3 * day)
    expect(house.woken.at(-1)).toEqual({
      token: 'waiting',
      output: { released: false, again: true, approvalSecondsMax: (3 * day) / 1_000 },
    })
  })

  test('that moved is waited for, also where the wake-up got lost; then the change is declined', async () => {
    house.time += 2 * day
    await revise('alice', { plan: { soakSeconds: 60 } })
    house.time += day
    expect(await expireApprovals(house.ports)({ change })).toEqual({ released: false, again: true, approvalSecondsMax: (2 * day) / 1_000 })
    house.time += 2 * day
    expect(await expireApprovals(house.ports)({ change })).toEqual({ released: false })
    expect(await show()).toMatchObject({ status: 'declined' })
  })
})

test('a change that was judged under other policies asks for a revision, is released by nobody, and goes on after one', async () => {
  const extra = '@id("quiet") @reason("silence") forbid (principal, action == Action::"openWave", resource in Fleet::"none");'
  const edited = loadPolicies({ ...houseFiles, policies: { ...houseFiles.policies, 'team.cedar': extra } })
  house.policies = edited
  expect(await approve('carol')).toMatchObject({
    body: {
      status: 'in-review',
      needs: [`a revision (supersede change revise ${change}), because the policies changed since it was judged`],
    },
  })
  expect(await revise('alice')).toMatchObject({
    status: 201,
    body: { approvals: [], voidApprovals: [{ differs: ['policy'] }, { differs: ['policy'] }] },
  })
  for (const as of ['bob', 'carol'] as const) await approve(as)
  expect(await show()).toMatchObject({ status: 'released' })
  house.policies = null
})

describe('approvals of older policies', () => {
  const under = (settings: object, cedar?: string): void => {
    const policies = cedar === undefined ? houseFiles.policies : { ...houseFiles.policies, 'more.cedar': cedar }
    house.policies = loadPolicies({ ...houseFiles, policies, settings: JSON.stringify(settings) })
  }
  const CARRY = { carryApprovals: 'where-only-policy-moved' }
  afterEach(() => {
    house.policies = null
  })

  test('count on where the new ones say so and nothing else moved, and are told as carried over', async () => {
    under(CARRY)
    expect((await show())['needs']).toEqual([expect.stringContaining('a revision')])
    expect(await revise('alice')).toMatchObject({ status: 201, body: { approvals: [{ by: { id: 'bob' } }], voidApprovals: [] } })
    expect(await show()).toMatchObject({
      approvals: [{ by: 'bob' }],
      timeline: expect.arrayContaining([
        expect.objectContaining({ text: expect.stringContaining('approvals of bob count on, because only the policies moved') }),
      ]),
    })
    expect(await approve('carol')).toMatchObject({ body: { status: 'released' } })
    expect((await show())['approvals']).toMatchObject([{ by: 'bob' }, { by: 'carol' }])
  })

  test('are carried on from edit to edit, and taken back by who gave them', async () => {
    for (const seconds of [3_600, 7_200, 10_800]) {
      under({ ...CARRY, approvalValidSeconds: seconds })
      expect((await revise('alice')).body).toMatchObject({ approvals: [{ by: { id: 'bob' } }] })
    }
    const withdrawn = await house.ask('approve-change', { as: 'bob', path: { change }, body: { decision: 'withdraw' } })
    expect(withdrawn).toMatchObject({ status: 201, body: { approvals: [] } })
    expect(await show()).toMatchObject({ voidApprovals: [{ by: 'bob', why: 'withdrawn' }] })
    under(CARRY)
    expect((await revise('alice')).body).toMatchObject({ approvals: [] })
  })

  test('count for nothing where the plan moved as well, nor where the new policies say nothing', async () => {
    under({ approvalValidSeconds: 86_400 })
    expect((await revise('alice')).body).toMatchObject({ approvals: [], voidApprovals: [{ by: 'bob', why: 'moved', differs: ['policy'] }] })
    await approve('bob')
    under(CARRY)
    expect((await revise('alice', { plan: { soakSeconds: 60 } })).body).toMatchObject({ approvals: [] })
  })

  test('grow old all the same, and those of people who may not approve any more are void', async () => {
    under({ ...CARRY, approvalValidSeconds: 3_600 })
    await revise('alice')
    house.time += 3_601_000
    expect(await show()).toMatchObject({ approvals: [], voidApprovals: [{ by: 'bob', why: 'expired' }] })
    await approve('bob')
    const noBob =
      '@id("not-bob") @reason("Bob is away.")\nforbid (principal == Person::"bob", action == Action::"approveChange", resource);'
    under(CARRY, noBob)
    expect((await revise('alice')).body).toMatchObject({ approvals: [] })
  })

  test('meet what they meet under the new ones: what these ask for beside it is missing', async () => {
    const three =
      '@id("three") @reason("three people")\nforbid (principal, action == Action::"releaseChange", resource) unless { context.approvals.people >= 3 };'
    under(CARRY, three)
    await revise('alice')
    expect((await show())['needs']).toContainEqual(expect.stringMatching(/^three people: 2 more, before/))
  })
})
