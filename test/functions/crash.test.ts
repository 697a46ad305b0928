import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { judgeWave } from '../../functions/lifecycle/judge-wave.ts'
import { openWave } from '../../functions/lifecycle/open-wave.ts'
import { recordLineage } from '../../functions/lifecycle/record-lineage.ts'
import { sweep } from '../../functions/lifecycle/sweep.ts'
import { validate } from '../../functions/lifecycle/validate.ts'
import type { OperationId } from '../../shared/operations/index.ts'
import { createFleet, type DemoHost, digestOfFile, enrol, moduleFile, report, stackOf, submit } from './demo.ts'
import { type Answered, type Ask, openHouse } from './house.ts'

/*
 * Everything that writes is run until it gets through, and dies before its first write, then before its second, and so on; or each write is done
 * and its answer lost. However often it dies, the history is that of a run that never did.
 */
const house = openHouse()
const NEW = digestOfFile(moduleFile('2'))
const WRITES = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'TransactWriteItems'])
const PLAN = { waves: [{ share: 10_000 }], soakSeconds: 0, waveSecondsMax: 60, pollSeconds: 1 }
const ATTEMPTS_MAX = 40

beforeAll(async () => {
  await submit(house, '2')
})

/** Runs until nothing went wrong any more; attempt n meets its mishap at its n-th write. */
const survive = async <T>(mishap: 'killed' | 'answer-lost', run: () => Promise<T>): Promise<T> => {
  for (let attempt = 1; attempt < ATTEMPTS_MAX; attempt += 1) {
    let writes = 0
    let met = false
    house.wire.mishap = operation => {
      if (!WRITES.has(operation)) return undefined
      writes += 1
      // A process that is gone writes nothing more, and an answer that is lost is lost for its repetitions.
      if (writes < attempt) return undefined
      met = true
      return mishap
    }
    const outcome = await run().catch((error: unknown) => ({ error }))
    house.wire.mishap = () => undefined
    const hasFailed = typeof outcome === 'object' && outcome !== null && 'error' in outcome
    if (!met && hasFailed) throw outcome.error
    if (!met) return outcome as T
  }
  throw new Error(`did not get through in ${ATTEMPTS_MAX} attempts`)
}

/** A client that repeats its request under the same key, once the first attempt is taken for dead. */
const insistOn = (mishap: 'killed' | 'answer-lost', id: OperationId, ask: Ask): Promise<Answered> => {
  const headers = { ...ask.headers, 'idempotency-key': randomUUID() }
  return survive(mishap, async () => {
    house.time += 31_000
    const answer = await house.ask(id, { ...ask, headers })
    if (answer.status >= 500) throw new Error(answer.text)
    return answer
  })
}

const typesOf = (timeline: unknown): readonly string[] => (Array.isArray(timeline) ? timeline.map(({ type }) => String(type)) : [])

describe.each(['killed', 'answer-lost'] as const)('with every write %s once', mishap => {
  const fleet = `fleet-${mishap}`
  let hosts: readonly DemoHost[] = []
  let change = ''
  const show = async () => (await house.ask('show-change', { as: 'dave', path: { change } })).body
  const ports = () => house.ports

  test('a proposal is recorded once and started', async () => {
    await createFleet(house, fleet)
    hosts = await enrol(house, fleet, 2)
    const idle = hosts.map(host => host.report({ stack: stackOf() }))
    await survive(mishap, () => report(house, fleet, idle))
    const body = { fleet, livepatch: NEW, plan: PLAN, reason: 'r' }
    const proposed = await insistOn(mishap, 'propose-change', { as: 'alice', body })
    change = String(proposed.body['id'])
    expect(proposed).toMatchObject({ status: 201 })
    expect(house.started).toContain(change)
  })

  test('a change comes to its end, and its history has each event once', async () => {
    await survive(mishap, () => validate(ports())({ change }))
    const said = async (as: 'bob' | 'carol', body: object) => {
      const { digest } = await show()
      const answer = await insistOn(mishap, 'approve-change', { as, path: { change }, body: { ...body, digest } })
      expect(answer.status).toBe(201)
    }
    await said('bob', { decision: 'request-changes', reason: 'a shorter wave' })
    const body = { digest: (await show())['digest'], plan: { waveSecondsMax: 30 }, reason: 'shorter' }
    expect(await insistOn(mishap, 'revise-change', { as: 'alice', path: { change }, body })).toMatchObject({ status: 201 })
    for (const as of ['bob', 'carol'] as const) await said(as, { decision: 'approve' })
    expect(await survive(mishap, () => openWave(ports())({ change }))).toMatchObject({ next: 'await', wave: 0 })
    const applied = hosts.map(host => host.report({ state: 'applied', change, stack: stackOf('2') }))
    await survive(mishap, async () => {
      const answer = await report(house, fleet, applied)
      if (answer.status >= 500) throw new Error(answer.text)
    })
    await survive(mishap, () => sweep(ports())())
    expect(await survive(mishap, () => judgeWave(ports())({ change, wave: 0 }))).toEqual({ next: 'complete' })
    await survive(mishap, () => recordLineage(ports())({ change }))
    const { status, timeline, wave } = await show()
    expect({ status, wave }).toEqual({ status: 'completed', wave: null })
    expect(typesOf(timeline)).toEqual([
      ...['proposed', 'judged', 'changes-requested', 'revised', 'judged', 'approved', 'approved', 'released'],
      ...['wave-opened', 'wave-filled', 'wave-passed', 'completed'],
    ])
  })

  test('counters are exact, the directive was issued once, and the fleet is free', async () => {
    const { body } = await house.ask('show-fleet', { as: 'dave', path: { fleet } })
    expect(body).toMatchObject({ hosts: 2, cohorts: [{ hosts: 2 }], directive: { version: 1 } })
    const aborted = await insistOn(mishap, 'propose-change', { as: 'alice', body: { fleet, livepatch: NEW, reason: 'again' } })
    change = String(aborted.body['id'])
    const answer = await insistOn(mishap, 'control-change', {
      as: 'bob',
      path: { change },
      body: { command: 'abort' },
      headers: { 'if-match': '"1"' },
    })
    expect(answer).toMatchObject({ status: 200, body: { status: 'aborted' } })
    expect(typesOf((await show())['timeline'])).toEqual(['proposed', 'aborted'])
  })
})

test('who has submitted a livepatch is known also where the process died before it was recorded, and somebody else submitted it again', async () => {
  const module = moduleFile('3')
  const submitAs = (as: 'bob' | 'alice') => house.ask('submit-patch', { as, body: { module: module.toString('base64') } })
  let transactions = 0
  house.wire.mishap = operation => {
    if (operation === 'TransactWriteItems') transactions += 1
    return transactions > 1 ? 'killed' : undefined
  }
  expect((await submitAs('bob')).status).toBe(500)
  house.wire.mishap = () => undefined
  expect((await submitAs('alice')).status).toBe(200)
  await createFleet(house, 'built')
  const body = { fleet: 'built', livepatch: digestOfFile(module), plan: PLAN, reason: 'r' }
  const proposed = await house.ask('propose-change', { as: 'alice', body })
  const shown = await house.ask('show-change', { as: 'dave', path: { change: String(proposed.body['id']) } })
  expect(shown.body).toMatchObject({ proposer: 'alice', builder: 'bob' })
})
