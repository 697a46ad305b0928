import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { carryOutHolds } from '../../functions/holds/carry-out.ts'
import { expireApprovals } from '../../functions/lifecycle/expire-approvals.ts'
import { openWave } from '../../functions/lifecycle/open-wave.ts'
import { releaseIfDue } from '../../functions/lifecycle/release-if-due.ts'
import { validate } from '../../functions/lifecycle/validate.ts'
import { loadPolicies } from '../../shared/policy/index.ts'
import { houseFiles, housePolicies } from '../policy/house-policies.ts'
import { digestOfFile, fleetOf, moduleFile, stackOf, submit } from './demo.ts'
import { openHouse, type PersonName } from './house.ts'

const house = openHouse()
let fleets = 0
let change = ''

const show = async () => (await house.ask('show-change', { as: 'dave', path: { change } })).body
const say = (as: PersonName, body: object, key: string = randomUUID()) =>
  house.ask('approve-change', { as, path: { change }, body, headers: { 'idempotency-key': key } })
const approve = async (as: PersonName) => say(as, { decision: 'approve', digest: (await show())['digest'] })
const typesOf = async () => {
  const { timeline } = await show()
  return Array.isArray(timeline) ? timeline.map(entry => String(Reflect.get(Object(entry), 'type'))) : []
}

beforeAll(async () => {
  await submit(house, '1', { fixes: ['CVE-2026-0001'] })
  await submit(house, '2')
})

const inReview = async (more: object = {}, stack = stackOf()): Promise<void> => {
  fleets += 1
  const fleet = `fleet-${fleets}`
  await fleetOf(house, fleet, 1, stack)
  const livepatch = digestOfFile(moduleFile('2'))
  change = String((await house.ask('propose-change', { as: 'alice', body: { fleet, livepatch, reason: 'r', ...more } })).body['id'])
  await validate(house.ports)({ change })
}

describe('an approval that is withdrawn', () => {
  beforeAll(() => inReview())

  test('counts no more: the other one alone releases nothing', async () => {
    expect((await approve('bob')).status).toBe(201)
    expect(await say('bob', { decision: 'withdraw', reason: 'a doubt' })).toMatchObject({ status: 201, body: { approvals: [] } })
    expect(await approve('carol')).toMatchObject({ status: 201, body: { status: 'in-review' } })
  })

  test('is shown as withdrawn, by whom and when', async () => {
    const withdrawn = { by: 'bob', name: 'Bob', why: 'withdrawn', differs: [], text: expect.stringMatching(/^Bob withdrew it at /) }
    expect(await show()).toMatchObject({ voidApprovals: [withdrawn] })
  })

  test('is withdrawn once, however often the request comes', async () => {
    expect((await say('bob', { decision: 'withdraw' })).status).toBe(201)
    expect((await typesOf()).filter(type => type === 'withdrawn')).toHaveLength(1)
  })

  test('is nobody else’s to withdraw', async () => {
    expect(await say('dave', { decision: 'withdraw' })).toMatchObject({ status: 409, body: { reason: 'nothing-to-withdraw' } })
    expect(await say('alice', { decision: 'withdraw' })).toMatchObject({ status: 403, body: { code: 'four-eyes' } })
    expect(await say('mallory', { decision: 'withdraw' })).toMatchObject({ status: 403 })
  })

  test('can be given again, and then releases; after that it stands', async () => {
    expect(await approve('bob')).toMatchObject({ status: 201, body: { status: 'released' } })
    expect(await say('bob', { decision: 'withdraw' })).toMatchObject({ status: 409, body: { reason: 'already-released' } })
  })
})

describe('a request for changes', () => {
  beforeAll(() => inReview())
  const request = async (as: PersonName, reason = 'soak for a day') =>
    say(as, { decision: 'request-changes', digest: (await show())['digest'], reason })

  test('holds the release and declines nothing', async () => {
    expect(await request('carol')).toMatchObject({ status: 201, body: { status: 'in-review', changesRequested: [{ by: 'carol' }] } })
    await approve('bob')
    expect(await show()).toMatchObject({
      status: 'in-review',
      changesRequested: [{ by: 'carol', name: 'Carol', reason: 'soak for a day' }],
      needs: expect.arrayContaining(['the answer to a request for changes by Carol: soak for a day']),
      timeline: expect.arrayContaining([expect.objectContaining({ text: 'Carol asked for changes: soak for a day' })]),
    })
  })

  test('is made by who may approve, of what was seen, and says what to change', async () => {
    expect(await request('alice')).toMatchObject({ status: 403, body: { code: 'four-eyes' } })
    expect(await request('dave')).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    expect(await request('bob', ' ')).toMatchObject({ status: 422 })
    const stale = { decision: 'request-changes', digest: 'e'.repeat(64), reason: 'r' }
    expect(await say('bob', stale)).toMatchObject({ status: 409, body: { code: 'outdated-digest' } })
  })

  test('is recorded once, and taken back once, however often the request comes', async () => {
    for (const _ of [1, 2]) expect((await request('carol')).status).toBe(201)
    expect((await typesOf()).filter(type => type === 'changes-requested')).toHaveLength(1)
    for (const _ of [1, 2]) expect((await say('carol', { decision: 'withdraw' })).status).toBe(201)
    expect((await typesOf()).filter(type => type === 'withdrawn')).toHaveLength(1)
  })

  test('releases with its withdrawal what it alone held', async () => {
    await request('bob', 'a canary first')
    await approve('carol')
    expect(await approve('bob')).toMatchObject({ body: { status: 'released', changesRequested: [] } })
    await inReview()
    await approve('bob')
    await request('erin', 'why now?')
    await approve('carol')
    expect(await show()).toMatchObject({ status: 'in-review', needs: ['the answer to a request for changes by Erin: why now?'] })
    expect(await say('erin', { decision: 'withdraw', reason: 'I see' })).toMatchObject({ status: 201, body: { status: 'released' } })
  })
})

describe('what each of them saw', () => {
  beforeAll(() => inReview())
  const decide = async (as: PersonName, seen?: unknown) => say(as, { decision: 'approve', digest: (await show())['digest'], seen })

  test('is named by the change and by its verdict alike', async () => {
    const { body } = await house.ask('show-verdict', { as: 'bob', path: { change } })
    expect(body['view']).toEqual((await show())['view'])
    expect(body['view']).toMatch(/^[0-9a-f]{64}$/)
  })

  test('is refused where it is not what is there, and nothing is recorded', async () => {
    const { view } = await show()
    expect(await decide('bob', 'f'.repeat(64))).toMatchObject({ status: 409, body: { code: 'outdated-view', view } })
    expect(await decide('bob', 'the page')).toMatchObject({ status: 422 })
    expect(await show()).toMatchObject({ approvals: [] })
  })

  test('is recorded with the word; who does not name it is recorded as not having told', async () => {
    const { view } = await show()
    expect((await decide('bob', view)).status).toBe(201)
    expect((await decide('carol')).status).toBe(201)
    expect(await show()).toMatchObject({
      approvals: [
        { by: 'bob', seen: view },
        { by: 'carol', seen: null },
      ],
    })
    const { items } = await house.store.ledger.commitsOf(`change#${change}`, { limit: 10 })
    expect(items[2]).toMatchObject({ events: [{ type: 'approved', seen: view }] })
    expect(items[3]?.events[0]).not.toHaveProperty('seen')
  })
})

describe('a delegation', () => {
  beforeAll(() => inReview())
  const until = () => new Date(house.time + 3_600_000).toISOString()
  const lend = (as: PersonName, to: string) => say(as, { decision: 'delegate', to, until: until() })

  test('is given by who may approve, never by or to the proposer, and for a time', async () => {
    expect(await lend('dave', 'erin')).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    expect(await lend('alice', 'erin')).toMatchObject({ status: 403, body: { code: 'four-eyes' } })
    expect(await lend('carol', 'alice')).toMatchObject({ status: 422, body: { detail: expect.stringContaining('proposed') } })
    expect(await say('carol', { decision: 'delegate', to: 'dave', until: '2099-01-01T00:00:00Z' })).toMatchObject({ status: 422 })
    expect(await say('carol', { decision: 'delegate', to: 'dave', until: 'soon' })).toMatchObject({ status: 422 })
    expect(await approve('dave')).toMatchObject({ status: 403 })
    expect(await lend('carol', 'dave')).toMatchObject({
      status: 201,
      body: { delegations: [{ from: 'carol', fromName: 'Carol', to: 'dave', endedAt: null }] },
    })
  })

  test('goes no further: no chain, no circle', async () => {
    expect(await lend('dave', 'erin')).toMatchObject({ status: 403 })
    expect(await lend('bob', 'carol')).toMatchObject({ status: 409, body: { reason: 'delegated-onward' } })
    expect(await lend('carol', 'bob')).toMatchObject({ status: 409, body: { reason: 'already-delegated' } })
  })

  test('lets the other approve with the groups that it lends, and the change tells so', async () => {
    expect(await approve('dave')).toMatchObject({ status: 201, body: { approvals: [{ by: { id: 'dave' }, onBehalf: [{ id: 'carol' }] }] } })
    expect(await show()).toMatchObject({
      approvals: [{ by: 'dave', groups: expect.arrayContaining(['security']), onBehalf: [{ id: 'carol', name: 'Carol' }] }],
      timeline: expect.arrayContaining([
        expect.objectContaining({ text: expect.stringMatching(/^Carol lets dave decide instead, until 2026-/) }),
        expect.objectContaining({ text: 'Dave approved on behalf of Carol' }),
      ]),
    })
  })

  test('that is taken back takes the approval with it; its holder decides no more', async () => {
    for (const _ of [1, 2])
      expect(await say('carol', { decision: 'revoke-delegation' })).toMatchObject({
        status: 201,
        body: { approvals: [], voidApprovals: [{ by: 'dave', why: 'delegator' }] },
      })
    expect((await typesOf()).filter(type => type === 'delegation-revoked')).toHaveLength(1)
    expect(await approve('dave')).toMatchObject({ status: 403 })
  })

  test('ends by itself', async () => {
    await lend('carol', 'dave')
    house.time += 3_600_000
    expect(await approve('dave')).toMatchObject({ status: 403 })
  })

  test('counts once: who lent it and who holds it do not make two', async () => {
    await lend('bob', 'dave')
    await approve('dave')
    expect(await approve('bob')).toMatchObject({ body: { status: 'in-review', approvals: [{ by: { id: 'bob' } }] } })
    expect(await approve('carol')).toMatchObject({ body: { status: 'released' } })
  })
})

describe('the groups that are asked', () => {
  beforeAll(() => inReview({}, stackOf('1')))

  test('are named with how many of them are needed, who has approved, and whether they are waited for', async () => {
    const maintainers = { group: 'kernel-maintainers', needed: 1, policy: 'one-kernel-maintainer' }
    const security = { group: 'security', needed: 1, policy: 'security-reviews-risk' }
    expect((await show())['reviewers']).toEqual([
      { ...maintainers, approved: [], waiting: true },
      { ...security, approved: [], waiting: true },
    ])
    await approve('bob')
    expect((await show())['reviewers']).toEqual([
      { ...maintainers, approved: ['bob'], waiting: false },
      { ...security, approved: [], waiting: true },
    ])
  })
})

describe('an approval that grows too old', () => {
  beforeAll(() => inReview())
  afterAll(() => {
    house.policies = housePolicies
  })

  test('counts no more, and is renewed by approving again', async () => {
    house.policies = loadPolicies({ ...houseFiles, settings: JSON.stringify({ approvalValidSeconds: 3_600 }) })
    await inReview()
    await approve('bob')
    house.time += 3_601_000
    expect(await show()).toMatchObject({ approvals: [], voidApprovals: [{ by: 'bob', why: 'expired' }] })
    expect(await approve('carol')).toMatchObject({ body: { status: 'in-review' } })
    expect(await approve('bob')).toMatchObject({ status: 201, body: { status: 'released' } })
  })
})

describe('an emergency', () => {
  const EMERGENCY = { incident: 'INC-7', reason: 'it is exploited', passes: ['two-people', 'security-reviews-risk'] }
  const proposeIt = async (breakGlass: object) => {
    fleets += 1
    const fleet = `fleet-${fleets}`
    await fleetOf(house, fleet, 1)
    const body = { fleet, livepatch: digestOfFile(moduleFile('2')), reason: 'r', breakGlass }
    const answer = await house.ask('propose-change', { as: 'alice', body })
    change = String(answer.body['id'])
    return answer
  }
  const confirm = async (as: PersonName) => say(as, { decision: 'confirm', digest: (await show())['digest'] })
  const close = (as: PersonName) => say(as, { decision: 'close-review', text: 'it was right' })
  const open = async () => (await house.ask('list-changes', { as: 'dave', query: { review: 'open' } })).body['items']

  test('names its incident and only what can be passed', async () => {
    for (const passes of [
      ['never-with-a-blocking-finding'],
      ['four-eyes'],
      ['nothing-moves-while-held'],
      ['missing-callback'],
      ['lifecycle-moves'],
    ])
      expect(await proposeIt({ ...EMERGENCY, passes })).toMatchObject({
        status: 422,
        body: { code: 'invalid-input', passable: expect.arrayContaining(['two-people']) },
      })
    for (const broken of [{ incident: ' ' }, { passes: [] }, { reason: '' }])
      expect(await proposeIt({ ...EMERGENCY, ...broken })).toMatchObject({ status: 422 })
  })

  test('passes nothing before a second person confirms it in time', async () => {
    await proposeIt(EMERGENCY)
    await validate(house.ports)({ change })
    await approve('bob')
    expect(await show()).toMatchObject({
      ...{ status: 'in-review', breakGlass: EMERGENCY, confirmation: null, afterReview: null },
      needs: expect.arrayContaining([expect.stringMatching(/^or a second person who confirms the emergency INC-7, before 2026/)]),
    })
    expect(await confirm('alice')).toMatchObject({ status: 403, body: { code: 'four-eyes' } })
    expect(await confirm('dave')).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    expect(await open()).toEqual([])
  })

  test('releases with the confirmation, and opens a review that everybody sees', async () => {
    expect(await confirm('erin')).toMatchObject({ status: 201, body: { status: 'released', afterReview: 'open' } })
    expect(await open()).toMatchObject([{ id: change, afterReview: 'open' }])
    const control = { as: 'carol', path: { change }, body: { command: 'abort' }, headers: { 'if-match': '*' } } as const
    await house.ask('control-change', control)
    expect(await open()).toMatchObject([{ id: change, status: 'aborted', afterReview: 'open' }])
  })

  test('is reviewed by somebody who neither proposed nor confirmed it, also after the end', async () => {
    expect(await close('alice')).toMatchObject({ status: 403, body: { code: 'four-eyes' } })
    expect(await close('erin')).toMatchObject({ status: 403, body: { code: 'four-eyes' } })
    for (const _ of [1, 2]) expect(await close('dave')).toMatchObject({ status: 201, body: { status: 'aborted', afterReview: 'closed' } })
    expect(await open()).toEqual([])
    expect(await show()).toMatchObject({
      ...{ status: 'aborted', afterReviewClosed: { by: 'dave', text: 'it was right' } },
      timeline: expect.arrayContaining([expect.objectContaining({ text: 'Dave closed the review of the emergency: it was right' })]),
    })
  })

  test('that nobody confirmed in time counts for nothing any more; the change goes its ordinary way', async () => {
    await proposeIt(EMERGENCY)
    await validate(house.ports)({ change })
    house.time += 3_600_000
    expect(await confirm('erin')).toMatchObject({ status: 409, body: { reason: 'confirmed-too-late' } })
    await approve('bob')
    expect(await approve('carol')).toMatchObject({ body: { status: 'released', afterReview: null } })
  })
})

describe('a comment', () => {
  beforeAll(() => inReview())

  test('is open to everybody who may look, to the proposer too, and decides nothing', async () => {
    const { digest } = await show()
    for (const as of ['alice', 'carol', 'dave'] as const)
      expect(await say(as, { decision: 'comment', comment: `${as} was here` })).toMatchObject({
        status: 201,
        body: { status: 'in-review', digest, approvals: [] },
      })
    expect(await show()).toMatchObject({
      timeline: expect.arrayContaining([expect.objectContaining({ text: 'Dave says: dave was here' })]),
    })
    expect(await say('mallory', { decision: 'comment', comment: 'me too' })).toMatchObject({ status: 403 })
  })

  test('says something, and not too much', async () => {
    for (const comment of ['', '  ', 'x'.repeat(2_001)])
      expect(await say('dave', { decision: 'comment', comment })).toMatchObject({ status: 422, body: { code: 'invalid-input' } })
  })

  test('is recorded once for one request', async () => {
    const before = (await typesOf()).length
    for (const _ of [1, 2]) await say('dave', { decision: 'comment', comment: 'once' }, 'the-same-key')
    expect(await typesOf()).toHaveLength(before + 1)
  })

  test('is one of at most two hundred', async () => {
    const { policy, ledger, now, newId } = house.ports
    const left = 200 - (await typesOf()).filter(type => type === 'commented').length
    const answer = policy.authorize({
      principal: { type: 'Person', id: 'dave', groups: ['auditors'] },
      action: 'approveChange',
      resource: { type: 'Change', id: change, fleet: `fleet-${fleets}`, proposer: 'alice' },
      context: { decision: 'comment' },
    })
    const loaded = await ledger.loadChange(change)
    if (!answer.allowed || !loaded) throw new Error('dave may comment')
    const by = { id: 'dave', name: 'Dave', groups: ['auditors'] }
    const events = Array.from({ length: left }, (_, index) => ({ type: 'commented' as const, id: `c${index}`, by, text: 'hm' }))
    const { version: expected, lastHash } = loaded
    await ledger.appendChange({
      id: change,
      expected,
      lastHash,
      events,
      actor: 'dave',
      decision: answer.decision,
      at: now(),
      commitId: newId(now()),
    })
    expect(await say('dave', { decision: 'comment', comment: 'one more' })).toMatchObject({
      status: 409,
      body: { reason: 'too-many-comments', allowed: expect.not.arrayContaining(['comment']) },
    })
  })

  test('comes too late when the change has ended', async () => {
    await house.ask('control-change', { as: 'alice', path: { change }, body: { command: 'abort' }, headers: { 'if-match': '*' } })
    expect(await say('dave', { decision: 'comment', comment: 'pity' })).toMatchObject({ status: 409, body: { reason: 'ended' } })
  })
})

describe('a fix that would be lost', () => {
  beforeAll(() => inReview({}, stackOf('1')))
  const signOff = async (as: PersonName, ...codes: readonly string[]) =>
    say(as, { decision: 'approve', digest: (await show())['digest'], signOff: codes })

  test('is not covered by a general yes of everybody', async () => {
    for (const as of ['bob', 'carol'] as const) expect((await approve(as)).status).toBe(201)
    expect(await show()).toMatchObject({
      status: 'in-review',
      needs: [expect.stringMatching(/^a sign-off of fixes-lost, before 2026-11-05T/)],
    })
  })

  test('is signed off under its own name only', async () => {
    expect(await signOff('carol', 'fixes-lots')).toMatchObject({
      status: 422,
      body: { code: 'invalid-input', signable: expect.arrayContaining(['fixes-lost']), detail: expect.stringContaining('fixes-lots') },
    })
    expect(await signOff('carol', 'downgrade')).toMatchObject({ status: 422 })
    expect(await signOff('alice', 'fixes-lost')).toMatchObject({ status: 403, body: { code: 'four-eyes' } })
  })

  test('is let go once somebody who approved names it', async () => {
    expect(await signOff('carol', 'fixes-lost')).toMatchObject({ status: 201, body: { status: 'released', needs: [] } })
    expect(await show()).toMatchObject({
      approvals: [
        { by: 'bob', signOff: [] },
        { by: 'carol', signOff: ['fixes-lost'] },
      ],
      voidApprovals: [{ by: 'carol', why: 'replaced' }],
      timeline: expect.arrayContaining([expect.objectContaining({ text: 'Carol approved and signed off fixes-lost' })]),
    })
  })
})

describe('a workflow that is woken with a lie', () => {
  test('finds out: what nobody released is neither opened nor halted, no host is told, and it waits on for as long as is left', async () => {
    await inReview()
    await approve('bob')
    const before = await show()
    expect(await openWave(house.ports)({ change })).toMatchObject({ next: 'unreleased' })
    house.time += 3_600_000
    expect(await expireApprovals(house.ports)({ change })).toEqual({ released: false, again: true, approvalSecondsMax: 3 * 86_400 - 3_600 })
    house.time -= 3_600_000
    expect(await show()).toEqual(before)
    expect(await house.store.fleets.directive(`fleet-${fleets}`)).toBeNull()
    expect(await approve('carol')).toMatchObject({ body: { status: 'released' } })
  })

  test('of a decision that nobody made waits on for one', async () => {
    await inReview()
    for (const as of ['bob', 'carol'] as const) await approve(as)
    const control = { as: 'alice', path: { change }, body: { command: 'pause' }, headers: { 'if-match': '*' } } as const
    expect((await house.ask('control-change', control)).status).toBe(200)
    expect(await openWave(house.ports)({ change })).toMatchObject({ next: 'halted' })
    expect(await show()).toMatchObject({ status: 'halted', halted: { code: 'paused' } })
  })
})

describe('a clock that is set back', () => {
  const HOUR = 3_600_000
  afterAll(() => {
    house.policies = housePolicies
  })
  /** Past an end; somebody's comment then; and back to before the end. */
  const pastAndBack = async (): Promise<void> => {
    house.time += 2 * HOUR
    expect((await say('carol', { decision: 'comment', comment: 'it is late' })).status).toBe(201)
    house.time -= 2 * HOUR
  }

  test('brings no ended delegation back to life', async () => {
    await inReview()
    const until = new Date(house.time + HOUR).toISOString()
    expect((await say('carol', { decision: 'delegate', to: 'dave', until })).status).toBe(201)
    await pastAndBack()
    expect(await approve('dave')).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    expect(await show()).toMatchObject({ approvals: [] })
  })

  test('gives nobody a delegation whose end has been already', async () => {
    await inReview()
    const until = new Date(house.time + HOUR).toISOString()
    await pastAndBack()
    expect(await say('carol', { decision: 'delegate', to: 'dave', until })).toMatchObject({ status: 422 })
  })

  test('lets no approval count that had grown too old', async () => {
    house.policies = loadPolicies({ ...houseFiles, settings: JSON.stringify({ approvalValidSeconds: 3_600 }) })
    await inReview()
    expect((await approve('bob')).status).toBe(201)
    await pastAndBack()
    expect(await approve('carol')).toMatchObject({ status: 201, body: { status: 'in-review' } })
    expect(await approve('bob')).toMatchObject({ status: 201, body: { status: 'released' } })
    house.policies = housePolicies
  })

  test('holds nothing by a hold that had ended: neither a release, nor a wave, nor who resumes', async () => {
    const hold = { scope: 'fleet', reason: 'an audit', hours: 1 }
    await inReview()
    const fleet = `fleet-${fleets}`
    const placed = await house.ask('place-hold', { as: 'carol', body: { ...hold, target: fleet } })
    expect(placed.status).toBe(201)
    for (const as of ['bob', 'carol'] as const) expect((await approve(as)).body).toMatchObject({ status: 'in-review' })
    await pastAndBack()
    expect(await show()).toMatchObject({ status: 'in-review', needs: [], holds: [] })
    await releaseIfDue(house.ports, change)
    expect(await show()).toMatchObject({ status: 'released' })
    await carryOutHolds({ ...house.ports }, fleet)
    expect(await show()).toMatchObject({ status: 'released' })
    expect(await openWave(house.ports)({ change })).toMatchObject({ next: 'await' })
    expect(await house.store.fleets.directive(fleet)).toMatchObject({ directive: { stopped: false } })
    const control = (command: string) =>
      house.ask('control-change', { as: 'alice', path: { change }, body: { command }, headers: { 'if-match': '*' } })
    expect([(await control('pause')).status, (await control('resume')).status]).toEqual([200, 200])
  })

  test('lets nobody confirm an emergency whose time is over', async () => {
    const seconds = housePolicies.settings.breakGlass.confirmSecondsMax
    await inReview({ breakGlass: { incident: 'INC-8', reason: 'it is exploited', passes: ['two-people'] } })
    house.time += (seconds + 1) * 1_000
    expect((await say('carol', { decision: 'comment', comment: 'it is late' })).status).toBe(201)
    house.time -= (seconds + 1) * 1_000
    const { digest } = await show()
    expect(await say('erin', { decision: 'confirm', digest })).toMatchObject({ status: 409, body: { reason: 'confirmed-too-late' } })
  })
})
