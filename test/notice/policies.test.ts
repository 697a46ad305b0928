import { beforeAll, describe, expect, test } from '@jest/globals'
import { sweepEdits } from '../../functions/lifecycle/sweep-edits.ts'
import { deliverNotices } from '../../functions/notice/deliver-notices.ts'
import type { Commit } from '../../shared/history/index.ts'
import { noticesOfFleet } from '../../shared/notice/index.ts'
import { createFleet, digestOfFile, moduleFile, submit } from '../functions/demo.ts'
import { hold, liftAll, sceneIn } from '../functions/hold-scene.ts'
import { openHouse } from '../functions/house.ts'

const house = openHouse()
const rule = (id: string) =>
  `@id("${id}") @reason("the end of the audit")\nforbid (principal, action == Action::"releaseChange", resource in Fleet::"edge");\n`

const propose = async (path: string, id: string) => {
  const { body } = await house.ask('propose-policy-edit', { as: 'alice', body: { files: { [path]: rule(id) }, reason: 'the audit' } })
  return { edit: String(body['id']), digest: String(body['digest']) }
}
const decide = (as: 'bob' | 'carol', edit: string, body: object) => house.ask('decide-policy-edit', { as, path: { edit }, body })
const DAY = 86_400_000
const show = async (edit: string) => (await house.ask('show-policy-edit', { as: 'dave', path: { edit } })).body
/** What came to the bus since the last look. */
const told = async () => {
  await deliverNotices(house.ports)()
  return house.bus.splice(0).map(entry => JSON.parse(String(entry['Detail'])))
}

beforeAll(async () => {
  await createFleet(house, 'edge')
  await house.ask('create-receiver', { as: 'alice', body: { name: 'bus', kind: 'eventbridge', fleets: ['core'] } })
})

describe('an edit of the policies', () => {
  test('is told when approvals are asked for, and when it comes into force; never what it says', async () => {
    const { edit, digest } = await propose('house/audit.cedar', 'not-yet')
    const [asked, ...none] = await told()
    expect(none).toEqual([])
    expect(asked).toMatchObject({
      type: 'dev.supersede.policy.edit_asked.v1',
      data: {
        title: `Approval asked for an edit of the policies: of the house, edit ${edit}`,
        by: 'Alice',
        says: 'the audit',
        missing: ['approvals of two different people, before 2026-11-16T09:00Z', expect.stringContaining('one of security')],
        decideBefore: new Date(house.time + 14 * 86_400_000).toISOString(),
        link: `http://127.0.0.1:8080/#/edits/${edit}`,
        change: null,
      },
    })
    for (const as of ['bob', 'carol'] as const) {
      house.time += 1_000
      await decide(as, edit, { decision: 'approve', digest })
    }
    const events = await told()
    expect(events).toMatchObject([
      { type: 'dev.supersede.policy.changed.v1', data: { says: 'It is edition 1 of the policies.', missing: [] } },
    ])
    expect(JSON.stringify([asked, events])).not.toMatch(/forbid|not-yet|the end of the audit/)
  })

  test('that nobody decides on is remembered, escalates with what is still missing and until when, and ends; each once', async () => {
    const { edit } = await propose('house/idle.cedar', 'idle')
    await told()
    await decide('bob', edit, { decision: 'approve', digest: (await show(edit))['digest'] })
    const start = house.time
    const types: string[] = []
    let last: unknown
    for (let day = 0; day < 14; day += 1) {
      house.time += DAY
      await sweepEdits(house.ports)
      for (const event of await told()) {
        types.push(event.type)
        if (event.type.includes('escalation')) last = event.data
      }
    }
    expect(types).toEqual(['reminder', 'reminder', 'escalation', 'ended'].map(word => `dev.supersede.policy.edit_${word}.v1`))
    const until = new Date(start + 14 * DAY)
    expect(last).toMatchObject({
      title: `Escalation: nobody has decided on an edit of the policies: of the house, edit ${edit}`,
      missing: [
        `approvals of two different people: one more, before ${until.toISOString().slice(0, 16)}Z`,
        expect.stringContaining('security'),
      ],
      decideBefore: until.toISOString(),
    })
    expect(await show(edit)).toMatchObject({ status: 'expired' })
  })

  test('of one fleet’s own rules is told to who hears of that fleet, and that it came to nothing, too', async () => {
    const { edit, digest } = await propose('fleets/edge/audit.cedar', 'edge-not-yet')
    await decide('bob', edit, { decision: 'reject', digest, reason: 'not now' })
    expect(await told()).toEqual([])
    const { body } = await house.ask('create-receiver', { as: 'alice', body: { name: 'edge', kind: 'eventbridge', fleets: ['edge'] } })
    const again = await propose('fleets/edge/audit.cedar', 'edge-not-yet')
    house.time += 1_000
    expect((await decide('bob', again.edit, { decision: 'reject', digest: again.digest, reason: 'still not' })).status).toBe(201)
    expect((await told()).map(({ type, data }) => [type, data.fleet, data.by, data.says])).toEqual([
      ['dev.supersede.policy.edit_asked.v1', 'edge', 'Alice', 'the audit'],
      ['dev.supersede.policy.edit_ended.v1', 'edge', 'Bob', 'still not'],
    ])
    await house.ports.notices.removeReceiver(String(body['id']))
  })
})

describe('a hold', () => {
  test('is told when it is placed and lifted: what is held, by whom, until when and why', async () => {
    const { body } = await house.ask('create-receiver', { as: 'alice', body: { name: 'edge', kind: 'eventbridge', fleets: ['edge'] } })
    const placed = await house.ask('place-hold', { as: 'alice', body: { scope: 'fleet', target: 'edge', reason: 'it panics' } })
    expect(placed.status).toBe(201)
    house.time += 1_000
    await house.ask('lift-hold', { as: 'alice', path: { hold: String(placed.body['id']) }, body: { reason: 'the rack' } })
    const until = String(placed.body['expiresAt']).slice(0, 16)
    const events = await told()
    expect(events.map(({ data }) => data.link)).toEqual(['http://127.0.0.1:8080/#/holds', 'http://127.0.0.1:8080/#/holds'])
    expect(events.map(({ type, data }) => [type, data.title, data.by, data.says])).toEqual([
      ['dev.supersede.hold.placed.v1', `Held: fleet edge, until ${until}Z`, 'Alice', 'it panics'],
      ['dev.supersede.hold.lifted.v1', `Held no more: fleet edge, until ${until}Z`, 'Alice', 'the rack'],
    ])
    await house.ask('place-hold', { as: 'alice', body: { scope: 'everything', reason: 'an incident' } })
    expect((await told()).map(({ data }) => [data.title.slice(0, 16), data.fleet])).toEqual([
      ['Held: everything', null],
      ['Held: everything', null],
    ])
    await house.ports.notices.removeReceiver(String(body['id']))
  })

  test('of a livepatch is told by the name that people know it by', async () => {
    await submit(house, '2')
    await house.ask('place-hold', { as: 'alice', body: { scope: 'livepatch', target: digestOfFile(moduleFile('2')), reason: 'it panics' } })
    expect((await told()).map(({ data }) => data.title)).toEqual([
      expect.stringMatching(/^Held: livepatch lp_proc_2 \(debian-12-6\.1 2\), until /),
    ])
  })
})

describe('what a hold halts', () => {
  test('is told as halted, with whose hold it is, until when, and why', async () => {
    await liftAll(house)
    await sceneIn(house, 'core', 'rolling')
    await told()
    const { body } = await hold(house, 'alice', { scope: 'fleet', target: 'core', reason: 'it panics' })
    const halted = (await told()).filter(({ type }) => type === 'dev.supersede.change.halted.v1')
    const until = String(body['expiresAt']).slice(0, 19)
    expect(halted.map(({ data }) => [data.by, data.says])).toEqual([[null, `Hold of fleet core by Alice until ${until}Z: it panics`]])
  })
})

describe('leave to force a transition', () => {
  test('is told with its fleet, who gave it and why; not for which host', () => {
    const event = {
      type: 'transition-cleared',
      fleet: 'edge',
      host: 'edge-7',
      change: 'c1',
      evidence: 'stack of a task',
      reason: 'it hangs',
      by: { id: 'alice', name: 'Alice' },
    }
    const commit: Commit = {
      ...{ stream: 'fleet#edge', sequence: 3, id: 'i', at: '2026-11-23T11:00:00.000Z', actor: 'alice' },
      ...{ events: [event, { type: 'enrolments-issued' }], policies: [], previousHash: null, hash: 'h' },
    }
    const notices = noticesOfFleet(commit, { fleet: 'edge', publicUrl: 'https://s.example.com' })
    expect(notices).toMatchObject([{ kind: 'force-cleared', by: 'Alice', says: 'it hangs', link: 'https://s.example.com/#/changes/c1' }])
    expect(JSON.stringify(notices)).not.toMatch(/edge-7|stack of/)
  })
})
