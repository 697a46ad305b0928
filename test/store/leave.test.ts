import { describe, expect, test } from '@jest/globals'
import type { ChangeEvent } from '../../shared/change/index.ts'
import type { PolicyEditEvent } from '../../shared/edition/index.ts'
import { authorize, type Decision, type Request, UNHINDERED, WORKFLOW_PRINCIPAL } from '../../shared/policy/index.ts'
import { guardPolicyStore, guardStore, NoLeave } from '../../shared/store/index.ts'
import { housePolicies } from '../policy/house-policies.ts'
import { alice, approvedBy, judged, NOON, newId, proposed } from './examples.ts'
import { openStore } from './open-store.ts'

const opened = openStore()
const FLEET = 'edge'
const bob = { type: 'Person', id: 'bob', groups: ['kernel-maintainers', 'operators', 'security'] } as const
const change = (id: string) => ({ type: 'Change', id, fleet: FLEET, proposer: 'alice' }) as const
const fleet = { type: 'Fleet', id: FLEET } as const

const leaveTo = (request: Request): Decision => {
  const answer = authorize(housePolicies, request)
  if (!answer.allowed) throw new Error(answer.reasons.join())
  return answer.decision
}
const toSay = (id: string, decision: 'approve' | 'comment') =>
  leaveTo({ principal: bob, action: 'approveChange', resource: change(id), context: { decision } })
const toControl = (id: string, command: 'pause' | 'abort') =>
  leaveTo({ principal: bob, action: 'controlChange', resource: change(id), context: { command } })
const toPropose = (id: string) => leaveTo({ principal: bob, action: 'proposeChange', resource: { type: 'Fleet', id } })
const toRelease = (id: string) =>
  leaveTo({
    principal: WORKFLOW_PRINCIPAL,
    action: 'releaseChange',
    resource: change(id),
    context: {
      ...UNHINDERED,
      approvals: { people: 2, members: { 'kernel-maintainers': 1 }, signedOff: [], changesRequested: 0 },
      verdict: { outcome: 'clear', block: [], review: [], downgrade: false, fixesLost: [], accepted: [] },
      plan: { waves: 3, firstShare: 500, soakSeconds: 0 },
    },
  })
const toRun = (action: 'judgeChange' | 'haltChange' | 'completeChange', id: string) =>
  leaveTo({ principal: WORKFLOW_PRINCIPAL, action, resource: change(id) })

const person = { ...alice, id: 'bob' }
const aborted: ChangeEvent = { type: 'aborted', by: person, reason: 'not today' }
const released: ChangeEvent = { type: 'released', digest: 'd'.repeat(64), policies: [] }
const waveOpened: ChangeEvent = { type: 'wave-opened', wave: 0, share: 500, directiveVersion: 1 }
const commented: ChangeEvent = { type: 'commented', id: 'r', by: person, text: 'hm' }
const approved = approvedBy(person)

const append = (id: string, events: readonly ChangeEvent[], decision: Decision, moves?: Decision) =>
  guardStore(opened.store).ledger.appendChange({
    ...{ id, expected: 0, lastHash: null, events, actor: 'bob', at: NOON, commitId: newId(), decision, moves },
  })

describe('an event is appended to a change with the leave for it, and with no other', () => {
  const rows: readonly (readonly [sentence: string, events: readonly ChangeEvent[], leave: (id: string) => Decision])[] = [
    ['a release with the leave to comment', [released], id => toSay(id, 'comment')],
    ['a release with the leave to approve', [approved, released], id => toSay(id, 'approve')],
    ['a release with the leave to judge', [released], id => toRun('judgeChange', id)],
    ['a wave with the leave to release', [waveOpened], toRelease],
    ['an approval with the leave to comment', [approved], id => toSay(id, 'comment')],
    ['a comment with the leave to approve', [commented], id => toSay(id, 'approve')],
    ['an abort with the leave to pause', [aborted], id => toControl(id, 'pause')],
    ['an abort with the leave to halt', [aborted], id => toRun('haltChange', id)],
    ['a verdict with the leave to complete', [judged], id => toRun('completeChange', id)],
    ['an approval with the leave on another change', [approved], () => toSay(newId(), 'approve')],
    ['a proposal of somebody else than the leave is for', [proposed('x', FLEET)], () => toPropose(FLEET)],
    ['a proposal with the leave on another fleet', [proposed('x', FLEET, person)], () => toPropose('core')],
    ['an approval with a copy of the leave', [approved], id => ({ ...toSay(id, 'approve') })],
    ['an approval of somebody else than the leave is for', [approvedBy({ ...alice, id: 'carol' })], id => toSay(id, 'approve')],
    ['something of another leave beside what is let in', [commented, approved], id => toSay(id, 'comment')],
  ]
  test.each(rows)('not %s', async (_, events, leave) => {
    const id = newId()
    await expect(append(id, events, leave(id))).rejects.toThrow(NoLeave)
    expect(await opened.store.ledger.loadChange(id)).toBeNull()
  })

  test('a proposal with the leave on its fleet, whoever reads it later', async () => {
    const id = newId()
    expect(await append(id, [proposed(id, FLEET, person)], toPropose(FLEET))).toMatchObject({ ok: true })
    const abort = toControl(id, 'abort')
    const loaded = await opened.store.ledger.loadChange(id)
    const request = { id, expected: 1, lastHash: loaded?.lastHash ?? null, events: [aborted], actor: 'bob', at: NOON, commitId: newId() }
    expect(await guardStore(opened.store).ledger.appendChange({ ...request, decision: abort })).toMatchObject({ ok: true })
  })

  test('a release beside the approval that brings it about needs the lifecycle’s own leave', async () => {
    const id = newId()
    const all = [approved, released]
    await expect(append(id, all, toSay(id, 'approve'), toRelease(newId()))).rejects.toThrow(NoLeave)
    /* With it, the ledger is asked, which says that there is no such change. */
    await expect(append(id, all, toSay(id, 'approve'), toRelease(id))).rejects.not.toThrow(NoLeave)
  })
})

describe('a fact is recorded with the leave for it, and with no other', () => {
  const record = (stream: string, type: string, decision: Decision) =>
    guardStore(opened.store).ledger.record({ stream, event: { type }, actor: 'bob', at: NOON, commitId: newId(), decision })
  const toManage = (id: string) => leaveTo({ principal: bob, action: 'manageFleet', resource: { type: 'Fleet', id } })
  const rows: readonly (readonly [sentence: string, stream: string, type: string, leave: () => Decision])[] = [
    ['of a fleet with the leave on another', `fleet#${FLEET}`, 'created', () => toManage('core')],
    [
      'of a fleet with the leave to look at it',
      `fleet#${FLEET}`,
      'created',
      () => leaveTo({ principal: bob, action: 'viewFleet', resource: fleet }),
    ],
    ['of a livepatch with the leave on a fleet', `patch#${'a'.repeat(64)}`, 'submitted', () => toManage(FLEET)],
    ['that nobody knows', `fleet#${FLEET}`, 'renamed', () => toManage(FLEET)],
    ['in the stream of a change', `change#${newId()}`, 'released', () => toManage(FLEET)],
  ]
  test.each(rows)('not one %s', async (_, stream, type, leave) => {
    await expect(record(stream, type, leave())).rejects.toThrow(NoLeave)
    expect((await opened.store.ledger.commitsOf(stream, { limit: 1 })).items).toEqual([])
  })
  test('one of a fleet with the leave on it', async () => {
    await record('fleet#own', 'created', toManage('own'))
    expect((await opened.store.ledger.commitsOf('fleet#own', { limit: 1 })).items).toHaveLength(1)
  })
})

describe('an edit of the policies comes into force with the leave to enact it, and with no other', () => {
  const edit = (id: string) => ({ type: 'PolicyEdit', id, fleet: null, proposer: 'alice' }) as const
  const toApprove = (id: string) =>
    leaveTo({ principal: bob, action: 'decidePolicyEdit', resource: edit(id), context: { decision: 'approve' } })
  const toEnact = (id: string) =>
    leaveTo({
      principal: WORKFLOW_PRINCIPAL,
      action: 'enactPolicy',
      resource: edit(id),
      context: { approvals: { people: 2, members: { security: 1 }, signedOff: [], changesRequested: 0 }, scope: 'house' },
    })
  const events: readonly PolicyEditEvent[] = [
    { type: 'approved', by: person, digest: 'd', comment: '' },
    { type: 'enacted', digest: 'd', edition: 1, version: 'v1', policies: [] },
  ]
  const enact = (id: string, decision: Decision, enacting?: Decision) =>
    guardPolicyStore(opened.policies).appendEdit({
      ...{ id, expected: 1, lastHash: 'h', events, enacts: { number: 1, files: {} }, actor: 'bob', at: NOON, commitId: newId() },
      ...{ decision, enacting },
    })

  test.each([
    ['with the approval alone', () => undefined],
    ['with the leave to enact another', () => toEnact(newId())],
    ['with a copy of the leave', (id: string) => ({ ...toEnact(id) })],
  ])('not %s', async (_, enacting) => {
    const id = newId()
    await expect(enact(id, toApprove(id), enacting(id))).rejects.toThrow(NoLeave)
    expect(await opened.policies.active()).toBeNull()
  })
  test('with it, the store is asked, which knows no such edit', async () => {
    const id = newId()
    expect(await enact(id, toApprove(id), toEnact(id))).toEqual({ ok: false, error: 'conflict' })
  })
})
