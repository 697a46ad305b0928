import { beforeAll, describe, expect, test } from '@jest/globals'
import { awaitApprovals } from '../../functions/lifecycle/await-approvals.ts'
import { awaitDecision } from '../../functions/lifecycle/await-decision.ts'
import { awaitWave } from '../../functions/lifecycle/await-wave.ts'
import { judgeWave } from '../../functions/lifecycle/judge-wave.ts'
import { openWave } from '../../functions/lifecycle/open-wave.ts'
import { recordLineage } from '../../functions/lifecycle/record-lineage.ts'
import { validate } from '../../functions/lifecycle/validate.ts'
import { bucketOf, verifyDirective } from '../../shared/rollout/index.ts'
import { createFleet, type DemoHost, digestOfFile, enrol, moduleFile, report, stackOf, submit } from './demo.ts'
import { openHouse } from './house.ts'

const house = openHouse()
const FLEET = 'edge'
const NEW = digestOfFile(moduleFile('2'))
const FAST = { waves: [{ share: 5_000 }, { share: 10_000 }], soakSeconds: 0, waveSecondsMax: 60, approvalSecondsMax: 600, pollSeconds: 1 }

let hosts: readonly DemoHost[] = []
let change = ''

const propose = (livepatch: string, reason = 'two fixes') =>
  house.ask('propose-change', { as: 'alice', body: { fleet: FLEET, livepatch, plan: FAST, reason } })
const show = async (id = change) => (await house.ask('show-change', { as: 'dave', path: { change: id } })).body
const decide = async (as: 'bob' | 'carol', decision: 'approve' | 'reject' = 'approve') => {
  const words = decision === 'approve' ? { comment: 'looked at it' } : { reason: 'no' }
  return house.ask('approve-change', { as, path: { change }, body: { decision, digest: (await show())['digest'], ...words } })
}
const directive = async () => {
  const answer = await house.ask('show-directive', { host: { host: `${FLEET}-1`, fleet: FLEET }, path: { fleet: FLEET } })
  const verified = verifyDirective(answer.body, { keys: house.directiveKeys, fleet: FLEET, lastVersion: 0, now: house.time })
  if (!verified.ok) throw new Error(verified.detail)
  return verified.directive
}
const below = (share: number) => hosts.filter(({ id }) => bucketOf(id) < share)
const applied = (some: readonly DemoHost[]) =>
  report(
    house,
    FLEET,
    some.map(host => host.report({ state: 'applied', change, stack: stackOf('2') })),
  )

beforeAll(async () => {
  for (const name of ['1', '2'] as const) expect((await submit(house, name)).status).toBe(201)
  await createFleet(house, FLEET)
  hosts = await enrol(house, FLEET, 12)
  const idle = hosts.map((host, index) => host.report({ stack: index % 2 === 0 ? stackOf() : stackOf('1') }))
  expect((await report(house, FLEET, idle)).body).toEqual({ accepted: 12, ignored: 0, rejected: [] })
})

describe('a change, from its proposal to its lineage', () => {
  test('is proposed once, under the id of its request, and its execution is started', async () => {
    const answer = await propose(NEW)
    change = String(answer.body['id'])
    expect(answer).toMatchObject({ status: 201, headers: { location: `/changes/${change}`, etag: '"1"' }, body: { status: 'proposed' } })
    expect(house.started).toEqual([change])
  })

  test('holds its fleet: another proposal is told who holds it', async () => {
    expect(await propose(NEW)).toMatchObject({ status: 409, body: { code: 'fleet-busy', holder: change } })
  })

  test('is judged over the live cohorts, and judged once', async () => {
    const judged = { admissible: true, ended: false, approvalSecondsMax: 600 }
    expect(await validate(house.ports)({ change })).toEqual(judged)
    expect(await validate(house.ports)({ change })).toEqual(judged)
    const { status, version, needs, findings } = await show()
    expect({ status, version }).toEqual({ status: 'in-review', version: 2 })
    expect(needs).toContain('approvals of two different people, before 2026-11-02T09:10Z')
    expect(findings).toEqual(expect.any(Array))
    expect(await show()).toMatchObject({
      proposer: 'alice',
      proposerName: 'Alice',
      decideBefore: new Date(house.time + 600_000).toISOString(),
    })
  })

  test('says after the first approval what is still missing, and releases with the last in one commit', async () => {
    await awaitApprovals(house.ports)({ change, token: 'for-approvals' })
    expect(await decide('bob')).toMatchObject({
      status: 201,
      body: { status: 'in-review', needs: expect.arrayContaining([expect.any(String)]) },
    })
    expect(house.woken).toEqual([])
    expect(await decide('carol')).toMatchObject({ status: 201, body: { status: 'released', version: 4, needs: [] } })
    expect(house.woken).toEqual([{ token: 'for-approvals', output: { released: true } }])
  })

  test('takes the same approval again for the answer that got lost', async () => {
    expect(await decide('carol')).toMatchObject({ status: 201, body: { status: 'released', version: 4 } })
  })

  test('opens its first wave by one event and one directive, however often the task runs', async () => {
    const opened = { next: 'await', wave: 0, waveSecondsMax: 60, soakSeconds: 0, waitSeconds: 0 }
    expect(await openWave(house.ports)({ change })).toEqual(opened)
    expect(await openWave(house.ports)({ change })).toEqual(opened)
    const { version, ask, stopped } = await directive()
    expect({ version, stopped }).toEqual({ version: 1, stopped: false })
    expect(ask).toMatchObject({ change, share: 5_000, livepatch: { digest: NEW }, approvedBy: ['bob', 'carol'] })
    expect(ask?.admitted).toHaveLength(2)
    expect(await show()).toMatchObject({ version: 5, wave: { index: 0, phase: 'open' } })
  })

  test('puts the same bytes into the object storage that the API hands out', async () => {
    const { text } = await house.ask('show-directive', { host: { host: `${FLEET}-1`, fleet: FLEET }, path: { fleet: FLEET } })
    expect(Buffer.from(house.objects.get(`directives/${FLEET}.json`) ?? []).toString()).toBe(text)
  })

  test('fills when the last host of the share is heard from, and not before', async () => {
    await awaitWave(house.ports)({ change, wave: 0, token: 'for-wave-0' })
    const [last, ...others] = below(5_000)
    expect(others.length).toBeGreaterThan(0)
    await applied(others)
    expect(house.woken.map(({ token }) => token)).not.toContain('for-wave-0')
    expect((await show())['wave']).toMatchObject({ phase: 'open', counts: { applied: others.length, pending: 1 } })
    await applied(last ? [last] : [])
    expect(house.woken.at(-1)).toEqual({ token: 'for-wave-0', output: { filled: true } })
    expect((await show())['wave']).toMatchObject({ phase: 'soaking' })
  })

  test('goes to the next wave through the gate, and completes after the last', async () => {
    expect(await judgeWave(house.ports)({ change, wave: 0 })).toEqual({ next: 'wave' })
    expect(await judgeWave(house.ports)({ change, wave: 0 })).toEqual({ next: 'wave' })
    expect(await openWave(house.ports)({ change })).toMatchObject({ next: 'await', wave: 1 })
    await applied(hosts.filter(host => !below(5_000).includes(host)))
    await awaitWave(house.ports)({ change, wave: 1, token: 'for-wave-1' })
    expect(house.woken.at(-1)).toEqual({ token: 'for-wave-1', output: { filled: true } })
    expect(await judgeWave(house.ports)({ change, wave: 1 })).toEqual({ next: 'complete' })
    await recordLineage(house.ports)({ change })
    await recordLineage(house.ports)({ change })
    expect(await show()).toMatchObject({ status: 'completed', ending: 'Completed: 12 of 12 hosts applied.' })
  })

  test('tells its story in order', async () => {
    const timeline = (await show())['timeline']
    expect(Array.isArray(timeline) && timeline.map(({ type }) => type)).toEqual([
      ...['proposed', 'judged', 'approved', 'approved', 'released'],
      ...['wave-opened', 'wave-filled', 'wave-passed', 'wave-opened', 'wave-filled', 'wave-passed', 'completed'],
    ])
  })

  test('leaves its edges once, and every host knows by whose approval it runs what it runs', async () => {
    const lineage = await house.ask('show-lineage', { as: 'dave', path: { digest: NEW } })
    expect(lineage.body['edges']).toEqual([
      expect.objectContaining({ previous: null, next: NEW, hosts: 6, change }),
      expect.objectContaining({ previous: digestOfFile(moduleFile('1')), next: NEW, hosts: 6, change }),
    ])
    const history = await house.ask('show-host-history', { as: 'dave', path: { host: `${FLEET}-1` } })
    expect(history.body['items']).toContainEqual(
      expect.objectContaining({
        state: 'applied',
        change: expect.objectContaining({
          id: change,
          approvedBy: [expect.objectContaining({ id: 'bob' }), expect.objectContaining({ id: 'carol' })],
        }),
      }),
    )
  })
})

describe('the way back', () => {
  test('is blocked by the callback that would be missing, and gives the fleet free', async () => {
    const answer = await propose(digestOfFile(moduleFile('1')), 'back to 1')
    const back = String(answer.body['id'])
    expect(await validate(house.ports)({ change: back })).toMatchObject({ admissible: false, ended: true })
    const shown = await show(back)
    expect(shown).toMatchObject({ status: 'blocked', outcome: 'block' })
    expect(shown['findings']).toContainEqual(
      expect.objectContaining({ code: 'missing-callback', severity: 'block', remedy: expect.any(String) }),
    )
  })
})

describe('a change that is stopped', () => {
  const start = async () => {
    const answer = await propose(NEW, 'again')
    change = String(answer.body['id'])
    await validate(house.ports)({ change })
    await decide('bob')
    await decide('carol')
    await openWave(house.ports)({ change })
  }
  const control = async (command: 'pause' | 'resume' | 'abort', headers: Record<string, string> = {}) => {
    const { headers: seen } = await house.ask('show-change', { as: 'dave', path: { change } })
    return house.ask('control-change', {
      as: 'bob',
      path: { change },
      body: { command },
      headers: { 'if-match': seen['etag'], ...headers },
    })
  }

  test('pauses: hosts are told to stop, the share stays, and the waiting workflow is woken', async () => {
    await start()
    await awaitWave(house.ports)({ change, wave: 0, token: 'paused-wave' })
    expect(await control('pause')).toMatchObject({ status: 200, body: { status: 'halted', halted: { code: 'paused' } } })
    expect(await directive()).toMatchObject({ stopped: true, ask: { share: 5_000 } })
    expect(house.woken).toContainEqual({ token: 'paused-wave', output: { filled: false } })
    expect(await judgeWave(house.ports)({ change, wave: 0 })).toEqual({ next: 'halted' })
  })

  test('resumes in the same wave, by a new directive', async () => {
    const { version } = await directive()
    await awaitDecision(house.ports)({ change, token: 'for-decision' })
    expect(await control('resume')).toMatchObject({ status: 200, body: { status: 'rolling' } })
    expect(house.woken.at(-1)).toEqual({ token: 'for-decision', output: { decision: 'resume' } })
    expect(await openWave(house.ports)({ change })).toMatchObject({ next: 'await', wave: 0 })
    expect(await directive()).toMatchObject({ version: version + 1, stopped: false })
  })

  test('aborts: nothing is asked of the hosts any more, and every task says that it has ended', async () => {
    expect(await control('abort')).toMatchObject({ status: 200, body: { status: 'aborted' } })
    expect(await directive()).toMatchObject({ ask: null, stopped: false })
    expect(await openWave(house.ports)({ change })).toMatchObject({ next: 'ended' })
    expect(await judgeWave(house.ports)({ change, wave: 0 })).toEqual({ next: 'ended' })
    expect(await directive()).toMatchObject({ ask: null })
  })

  test('refuses a control that its state does not allow, and says which it would', async () => {
    expect(await control('resume')).toMatchObject({ status: 409, body: { code: 'not-allowed-now', state: 'aborted', allowed: [] } })
  })
})
