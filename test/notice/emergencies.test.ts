import { afterEach, beforeAll, expect, test } from '@jest/globals'
import { validate } from '../../functions/lifecycle/validate.ts'
import { deliverNotices } from '../../functions/notice/deliver-notices.ts'
import { slackMessage } from '../../shared/notice/index.ts'
import { digestOfFile, fleetOf, moduleFile, submit } from '../functions/demo.ts'
import { openHouse } from '../functions/house.ts'

const house = openHouse()
const deliver = () => deliverNotices(house.ports)()
const MINUTE = 60_000
let change = ''
let fleets = 0

/** What went over the bus, oldest first: type and data. */
const told = () =>
  house.bus.map(entry => {
    const { type, data } = JSON.parse(String(entry['Detail']))
    return { type: String(type).replace('dev.supersede.', ''), data }
  })
const types = () => told().map(({ type }) => type)
const say = async (as: 'bob' | 'carol', body: object) => house.ask('approve-change', { as, path: { change }, body })
const digest = async () => (await house.ask('show-change', { as: 'dave', path: { change } })).body['digest']

const inEmergency = async (): Promise<void> => {
  fleets += 1
  const fleet = `glass-${fleets}`
  await fleetOf(house, fleet, 1)
  const breakGlass = { incident: 'INC-7\u202e', reason: 'exploited\nin the wild', passes: ['two-people'] }
  const body = { fleet, livepatch: digestOfFile(moduleFile('2')), reason: 'r', breakGlass }
  const { status, body: answer } = await house.ask('propose-change', { as: 'alice', body })
  expect(status).toBe(201)
  change = String(answer['id'])
  await validate(house.ports)({ change })
}

beforeAll(async () => {
  await submit(house, '2')
  await house.ask('create-receiver', { as: 'alice', body: { name: 'bus', kind: 'eventbridge' } })
})
afterEach(async () => {
  await house.ask('control-change', { as: 'alice', path: { change }, body: { command: 'abort' }, headers: { 'if-match': '*' } })
  await deliver()
  house.bus.length = 0
})

test('who is asked is told that it is an emergency, why it cannot wait, and until when a second person may confirm it', async () => {
  const confirmBefore = new Date(house.time + 60 * MINUTE).toISOString()
  await inEmergency()
  await deliver()
  const [asked] = told()
  expect(asked).toMatchObject({
    type: 'change.approval_asked.v1',
    data: {
      title: expect.stringMatching(/^Approval asked: .*, emergency INC-7$/),
      change: { emergency: { incident: 'INC-7', reason: 'exploited in the wild', state: 'unconfirmed', confirmBefore } },
    },
  })
  const notice = { ...asked?.data, id: 'msg_1', at: confirmBefore, subject: '' }
  expect(JSON.stringify(slackMessage(notice))).toContain(
    `Emergency INC-7: exploited in the wild; to be confirmed before ${confirmBefore.slice(0, 19)}Z`,
  )
})

test('an emergency that nobody confirms is remembered and escalates before its own deadline, long before the change’s', async () => {
  await inEmergency()
  for (let minute = 0; minute < 70; minute += 5) {
    await deliver()
    house.time += 5 * MINUTE
  }
  expect(types()).toEqual(['change.approval_asked.v1', 'change.reminder.v1', 'change.reminder.v1', 'change.escalation.v1'])
  expect(told().at(-1)?.data).toMatchObject({ says: 'Nobody has confirmed the emergency INC-7.' })
  // What counts for nothing any more is not said to be one that waits.
  await say('bob', { decision: 'approve', digest: await digest() })
  await deliver()
  expect(told().at(-1)).toMatchObject({
    type: 'change.approved.v1',
    data: { change: { emergency: { incident: 'INC-7', state: 'lapsed', confirmBefore: null } } },
  })
})

test('people are told who confirmed it, that a review is open since, and who closed it with what', async () => {
  await inEmergency()
  await deliver()
  expect((await say('carol', { decision: 'confirm', digest: await digest() })).status).toBe(201)
  house.time += 40 * MINUTE
  await deliver()
  expect(types()).toEqual(['change.approval_asked.v1', 'change.emergency_confirmed.v1'])
  expect(told()[1]?.data).toMatchObject({
    by: 'Carol',
    says: 'A review is open until somebody else closes it.',
    change: { emergency: { incident: 'INC-7', state: 'review-open', confirmBefore: null } },
  })
  expect((await say('bob', { decision: 'close-review', text: 'it was one' })).status).toBe(201)
  await deliver()
  expect(told()[2]).toMatchObject({
    type: 'change.review_closed.v1',
    data: { by: 'Bob', says: 'it was one', change: { emergency: { state: 'review-closed' } } },
  })
})
