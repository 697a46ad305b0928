import { beforeAll, describe, expect, test } from '@jest/globals'
import { openWave } from '../../functions/lifecycle/open-wave.ts'
import { validate } from '../../functions/lifecycle/validate.ts'
import type { ChangeEvent } from '../../shared/change/index.ts'
import type { PolicyEditEvent } from '../../shared/edition/index.ts'
import type { Decision } from '../../shared/policy/index.ts'
import { createFleet, digestOfFile, enrol, moduleFile, report, stackOf, submit } from '../functions/demo.ts'
import { openHouse } from '../functions/house.ts'
import { alice, approvedBy, judged, leave, NOON, newId, proposed } from '../store/examples.ts'
import { openStore } from '../store/open-store.ts'

/*
 * A policy edited between verdict and release: what lets hosts act is decided under the policies that hold when it is written, or decided
 * again. First by force, in the worst order that there is; then by chance, many times, on the store alone.
 */
const house = openHouse()
const livepatch = digestOfFile(moduleFile('2'))
const PLAN = { waves: [{ share: 10_000 }], soakSeconds: 0, waveSecondsMax: 60, pollSeconds: 1 }

const approve = async (as: 'bob' | 'carol', change: string) => {
  const { digest } = (await house.ask('show-change', { as: 'dave', path: { change } })).body
  return house.ask('approve-change', { as, path: { change }, body: { decision: 'approve', digest } })
}
const show = async (change: string) => (await house.ask('show-change', { as: 'dave', path: { change } })).body
const typesOf = (timeline: unknown): readonly string[] => (Array.isArray(timeline) ? timeline.map(({ type }) => String(type)) : [])

const inReview = async (fleet: string): Promise<string> => {
  await createFleet(house, fleet)
  const hosts = await enrol(house, fleet, 1)
  const idle = hosts.map(host => host.report({ stack: stackOf() }))
  await report(house, fleet, idle)
  const answer = await house.ask('propose-change', { as: 'alice', body: { fleet, livepatch, plan: PLAN, reason: 'r' } })
  const change = String(answer.body['id'])
  await validate(house.ports)({ change })
  return change
}

/** Forbids what hosts act by on one fleet, with everybody's word but the last one's. */
const preparedEdit = async (fleet: string): Promise<() => Promise<void>> => {
  const rule = `@id("${fleet}-stands") @reason("an end to the outage of ${fleet}") forbid (principal, action in [Action::"releaseChange", Action::"openWave"], resource in Fleet::"${fleet}");\n`
  const answer = await house.ask('propose-policy-edit', {
    as: 'alice',
    body: { files: { [`fleets/${fleet}/stands.cedar`]: rule }, reason: 'r' },
  })
  const [edit, digest] = [String(answer.body['id']), answer.body['digest']]
  const decide = (as: 'bob' | 'carol') => house.ask('decide-policy-edit', { as, path: { edit }, body: { decision: 'approve', digest } })
  await decide('bob')
  return async () => expect((await decide('carol')).body).toMatchObject({ status: 'enacted' })
}

/** Lets something happen just before the first transaction that would write such an event. */
const justBefore = (type: string, happens: () => Promise<void>): { readonly happened: () => boolean } => {
  let happened = false
  house.client.middlewareStack.add(
    (next, context) => async args => {
      const isIt =
        String(context['commandName']).startsWith('TransactWriteItems') && JSON.stringify(args.input).includes(`\\"type\\":\\"${type}\\"`)
      if (isIt && !happened) {
        happened = true
        await happens()
      }
      return next(args)
    },
    { step: 'initialize', name: `before-${type}`, override: true },
  )
  return { happened: () => happened }
}

beforeAll(async () => {
  await submit(house, '2')
})

describe('an edit that comes into force between the decision and its writing', () => {
  test('is heeded by the last approval: it counts, and releases nothing', async () => {
    const change = await inReview('first')
    await approve('bob', change)
    const edit = justBefore('released', await preparedEdit('first'))
    expect(await approve('carol', change)).toMatchObject({ status: 201, body: { status: 'in-review' } })
    expect(edit.happened()).toBe(true)
    expect(typesOf((await show(change))['timeline'])).toEqual(['proposed', 'judged', 'approved', 'approved'])
  })

  test('is heeded by the next wave, which does not open', async () => {
    const change = await inReview('second')
    for (const as of ['bob', 'carol'] as const) await approve(as, change)
    const edit = justBefore('wave-opened', await preparedEdit('second'))
    expect(await openWave(house.ports)({ change })).toMatchObject({ next: 'halted' })
    expect(edit.happened()).toBe(true)
    expect(await show(change)).toMatchObject({
      status: 'halted',
      halted: { code: 'policy', detail: expect.stringContaining('an end to the outage of second') },
    })
    expect((await house.store.fleets.directive('second'))?.directive.ask ?? null).toBeNull()
  })

  test('is heeded by the verdict, which binds to the policies that decide on the release', async () => {
    const fleet = 'third'
    await createFleet(house, fleet)
    const answer = await house.ask('propose-change', { as: 'alice', body: { fleet, livepatch, plan: PLAN, reason: 'r' } })
    const change = String(answer.body['id'])
    const edit = justBefore('judged', await preparedEdit(fleet))
    await validate(house.ports)({ change })
    expect(edit.happened()).toBe(true)
    const loaded = await house.store.ledger.loadChange(change)
    expect(loaded?.change.review?.bound.policy).toBe(house.ports.policy.set().version)
  })
})

describe('by chance, on the store', () => {
  const opened = openStore()
  const under = (edition: number): Decision => Object.assign({ ...leave }, { edition })
  const released: ChangeEvent = { type: 'released', digest: 'd'.repeat(64), policies: [] }
  const waveOpened: ChangeEvent = { type: 'wave-opened', wave: 0, share: 500, directiveVersion: 1 }

  const rolling = async (): Promise<{ id: string; expected: number; lastHash: string | null }> => {
    const id = newId()
    const events = [proposed(id, id), judged, approvedBy({ ...alice, id: 'bob' }), released]
    const number = (await opened.policies.active())?.number ?? 0
    const written = await opened.store.ledger.appendChange({
      ...{ id, expected: 0, lastHash: null, events, actor: 'alice', at: NOON, commitId: id },
      decision: under(number),
    })
    if (!written.ok) throw new Error('nobody else writes here')
    return { id, expected: written.loaded.version, lastHash: written.loaded.lastHash }
  }

  const enact = (number: number) => {
    const id = newId()
    const base = { edition: number - 1, version: 'v' }
    const events: readonly PolicyEditEvent[] = [
      { type: 'proposed', id, base, files: {}, fleet: null, digest: 'd', reason: 'r', proposer: alice },
      { type: 'enacted', digest: 'd', edition: number, version: `v${number}`, policies: [] },
    ]
    const enacts = { number, files: { 'house/a.cedar': String(number) } }
    return opened.policies.appendEdit({
      ...{ id, expected: 0, lastHash: null, events, enacts, actor: 'alice', at: NOON, commitId: id },
      decision: under(number - 1),
    })
  }

  test('of a wave and an edition that race, no wave opens under an edition that was over before it was asked', async () => {
    const outcomes = { opened: 0, moved: 0 }
    for (let round = 0; round < 200; round += 1) {
      const before = (await opened.policies.active())?.number ?? 0
      const change = await rolling()
      const order: string[] = []
      const open = async () => {
        /* As long on its way as another request takes, every other time. */
        for (let pause = 0; pause < round % 3; pause += 1) await opened.policies.active()
        order.push('asked')
        const at = { events: [waveOpened], actor: 'supersede', at: NOON, commitId: newId() }
        return opened.store.ledger.appendChange({ ...change, ...at, decision: under(before) })
      }
      const enacting = enact(before + 1).then(answer => {
        order.push('in force')
        return answer
      })
      const [wave, edition] = await Promise.all([open(), enacting])
      expect(edition.ok).toBe(true)
      if (!wave.ok) expect(wave.error).toBe('policy-moved')
      if (wave.ok) expect(order.indexOf('asked')).toBeLessThan(order.indexOf('in force'))
      outcomes[wave.ok ? 'opened' : 'moved'] += 1
    }
    /* Both orders happened, so it was a race. */
    expect(Math.min(outcomes.opened, outcomes.moved)).toBeGreaterThan(0)
  })

  test('of editions that start from the same one, one comes into force', async () => {
    for (let round = 0; round < 25; round += 1) {
      const number = ((await opened.policies.active())?.number ?? 0) + 1
      const answers = await Promise.all(Array.from({ length: 4 }, () => enact(number)))
      expect(answers.filter(({ ok }) => ok)).toHaveLength(1)
      expect(await opened.policies.active()).toMatchObject({ number })
    }
  })
})
