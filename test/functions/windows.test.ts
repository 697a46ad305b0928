import { beforeAll, expect, test } from '@jest/globals'
import { needsOf } from '../../functions/api/change-document.ts'
import { judgedOnFleet } from '../../functions/judged-on-fleet.ts'
import { openWave } from '../../functions/lifecycle/open-wave.ts'
import { validate } from '../../functions/lifecycle/validate.ts'
import { releaseOf } from '../../functions/released-with.ts'
import type { ChangeEvent } from '../../shared/change/index.ts'
import { loadPolicies, PastChange, replayRelease } from '../../shared/policy/index.ts'
import { houseFiles } from '../policy/house-policies.ts'
import { digestOfFile, fleetOf, moduleFile, submit } from './demo.ts'
import { openHouse } from './house.ts'

const FLEET = 'edge'
/* The house's clock begins at nine on that day. */
const noon = { name: 'noon', timeZone: 'UTC', every: 'day', from: '12:00', until: '13:00' }
const settings = { windows: { [FLEET]: [noon] }, stricter: { [FLEET]: { 'fixes-lost': 'public hosts' } }, approvalValidSeconds: 3_600 }
const house = openHouse({ ...houseFiles, settings: JSON.stringify(settings) })
const ports = () => house.ports
const hour = 3_600_000
let change = ''

const loaded = async () => {
  const found = await house.store.ledger.loadChange(change)
  if (!found) throw new Error('no change')
  return found
}
const needs = async () => {
  const { change: now } = await loaded()
  const verdict = now.review && (await house.store.catalog.verdict(now.review.bound.verdict))
  return needsOf(ports(), now, verdict, []).map(({ text, policy }) => `${policy}: ${text}`)
}
const append = async (events: readonly ChangeEvent[], decision: NonNullable<Awaited<ReturnType<typeof releaseOf>>>['decision']) => {
  const { version, lastHash } = await loaded()
  return house.store.ledger.appendChange({
    id: change,
    expected: version,
    lastHash,
    events,
    actor: 'a',
    at: house.time,
    commitId: `${version}`,
    decision,
  })
}
const approve = async (id: string, group: string) => {
  const { change: now } = await loaded()
  const resource = { type: 'Change', id: change, fleet: FLEET, proposer: now.proposer.id } as const
  const answer = house.ports.policy.authorize({
    principal: { type: 'Person', id, groups: [group] },
    action: 'approveChange',
    resource,
    context: { decision: 'approve' },
  })
  if (!answer.allowed) throw new Error(answer.reasons.join())
  return append(
    [{ type: 'approved', by: { id, name: id, groups: [group] }, digest: now.review?.digest ?? '', comment: '' }],
    answer.decision,
  )
}

beforeAll(async () => {
  await submit(house, '2')
  await fleetOf(house, FLEET, 1)
  const livepatch = digestOfFile(moduleFile('2'))
  const answer = await house.ask('propose-change', { as: 'alice', body: { fleet: FLEET, livepatch, reason: 'r' } })
  change = String(answer.body['id'])
  await validate(ports())({ change })
})

test('what is missing says which rule asks for it and until when it can be given', async () => {
  expect(await needs()).toEqual(
    expect.arrayContaining([
      'two-people: approvals of two different people, before 2026-11-05T09:00Z',
      'one-kernel-maintainer: an approval by one of kernel-maintainers, before 2026-11-05T09:00Z',
    ]),
  )
})

test('approvals that grew old release nothing until they are given again', async () => {
  await approve('bob', 'kernel-maintainers')
  house.time += hour + 1
  await approve('carol', 'security')
  expect(await releaseOf(ports(), (await loaded()).change, [])).toBeNull()
  expect(await needs()).toEqual(expect.arrayContaining([expect.stringMatching(/^one-kernel-maintainer: /)]))
  await approve('bob', 'kernel-maintainers')
  const released = await releaseOf(ports(), (await loaded()).change, [])
  if (!released) throw new Error('not released')
  await append(released.events, released.decision)
})

test('a released change waits for the next maintenance window, and says so', async () => {
  const seconds = (Date.parse('2026-11-02T12:00:00Z') - house.time) / 1_000
  expect(await openWave(ports())({ change })).toMatchObject({ next: 'later', wave: 0, waitSeconds: Math.ceil(seconds) })
  expect((await loaded()).change.status).toBe('released')
  expect(await needs()).toEqual(['only-in-a-maintenance-window: an open maintenance window: noon (every day, 12:00 to 13:00 UTC)'])
})

test('the wave opens when the window does, though the approvals are older than a day by then', async () => {
  house.time = Date.parse('2026-11-04T12:00:00Z')
  expect(await openWave(ports())({ change })).toMatchObject({ next: 'await', wave: 0, waitSeconds: 0 })
  expect(await needs()).toEqual([])
})

test('what a fleet is stricter about goes into its verdicts', async () => {
  const manifest = await house.store.catalog.manifest(digestOfFile(moduleFile('2')))
  if (!manifest) throw new Error('no manifest')
  expect((await judgedOnFleet(ports(), { fleet: FLEET }, manifest)).stricter).toEqual(new Map([['fixes-lost', 'public hosts']]))
  expect((await judgedOnFleet(ports(), { fleet: 'core' }, manifest)).stricter).toEqual(new Map())
})

test('a change is told so that other policies can decide on it again, at the time when it was released', async () => {
  const answer = await house.ask('show-change', { as: 'dave', path: { change } })
  const past = PastChange.parse(answer.body)
  const { change: now } = await loaded()
  const verdict = now.review && (await house.store.catalog.verdict(now.review.bound.verdict))
  if (!verdict) throw new Error('no verdict')
  const under = (texts: object) =>
    replayRelease(loadPolicies({ ...houseFiles, ...texts }), past, verdict, house.time).map(({ policy }) => policy)
  expect(under({})).toEqual([])
  expect(under({ settings: JSON.stringify({ tiers: { [FLEET]: 'production' } }) })).toEqual(['three-for-production'])
  expect(under({ settings: JSON.stringify({ approvalValidSeconds: 60 }) })).toEqual([])
  /* Its wave opened at noon. */
  expect(under({ settings: JSON.stringify(settings) })).toEqual([])
  expect(under({ settings: JSON.stringify({ windows: { [FLEET]: [{ ...noon, from: '13:00', until: '14:00' }] } }) })).toEqual([
    'only-in-a-maintenance-window',
  ])
})
