import { beforeAll, describe, expect, test } from '@jest/globals'
import { submit } from '../functions/demo.ts'
import { sceneIn } from '../functions/hold-scene.ts'
import { openHouse } from '../functions/house.ts'

const house = openHouse()
const known = { released: '', inReview: '' }
const three = (fleet: string): string =>
  `@id("${fleet}-three") @reason("approvals of three people")\nforbid (principal, action == Action::"releaseChange", resource in Fleet::"${fleet}") unless { context.approvals.people >= 3 };\n`
const check = (files: Readonly<Record<string, string | null>>, over: object = {}) =>
  house.ask('check-policy-edit', { as: 'dave', body: { files, ...over } })

beforeAll(async () => {
  await submit(house, '2')
  known.released = (await sceneIn(house, 'edge', 'released')).change
  known.inReview = (await sceneIn(house, 'core', 'in-review')).change
})

describe('a check of an edit', () => {
  test('tells every fault with its file, as a proposal would', async () => {
    const files = { 'house/x.cedar': 'permit (', 'fleets/nowhere/y.cedar': three('nowhere') }
    const proposed = await house.ask('propose-policy-edit', { as: 'alice', body: { files, reason: 'r' } })
    const { status, body } = await check(files)
    expect([status, body]).toMatchObject([200, { sound: false, files: [], replayed: 0, otherwise: [] }])
    expect(body['faults']).toEqual(proposed.body['faults'])
  })

  test('shows what differs, and names the past changes that would have been decided otherwise, by which rule', async () => {
    expect((await check({ 'fleets/edge/three.cedar': three('edge') })).body).toMatchObject({
      sound: true,
      files: [{ path: 'fleets/edge/three.cedar', change: 'added', diff: expect.stringContaining('+forbid (principal') }],
      replayed: 1,
      otherwise: [
        {
          change: known.released,
          fleet: 'edge',
          status: 'released',
          before: [],
          policies: ['edge-three'],
          after: ['approvals of three people: one more'],
        },
      ],
    })
  })

  test('is about all fleets where the house’s rules are edited; what was not released and would not be is decided as before', async () => {
    const rule = '@id("nobody") @reason("nobody") forbid (principal, action in Action::"move", resource);'
    const { body } = await check({ 'house/nobody.cedar': rule })
    expect(body).toMatchObject({ replayed: 2, otherwise: [{ change: known.released }] })
    expect((await check({ 'house/nobody.cedar': rule }, { changes: 0 })).body).toMatchObject({ sound: true, replayed: 0, otherwise: [] })
  })

  test('proposes nothing, and is for those who may look', async () => {
    const { body } = await house.ask('list-policy-edits', { as: 'dave' })
    expect(body['items']).toEqual([])
    const refused = await house.ask('check-policy-edit', { as: 'mallory', body: { files: { 'house/nobody.cedar': '' } } })
    expect(refused).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  })
})
