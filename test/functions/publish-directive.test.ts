import { beforeAll, describe, expect, test } from '@jest/globals'
import { publishDirective } from '../../functions/directive/publish-directive.ts'
import { renewDirective } from '../../functions/directive/renew-directive.ts'
import { judgeWave } from '../../functions/lifecycle/judge-wave.ts'
import { openWave } from '../../functions/lifecycle/open-wave.ts'
import { renewDirectives } from '../../functions/lifecycle/renew-directives.ts'
import { validate } from '../../functions/lifecycle/validate.ts'
import type { Ports } from '../../functions/ports.ts'
import { Directive, SignedDirective, verifyDirective } from '../../shared/rollout/index.ts'
import { createFleet, digestOfFile, fleetOf, moduleFile, submit } from './demo.ts'
import { openHouse } from './house.ts'

const house = openHouse()
const NEW = digestOfFile(moduleFile('2'))
let fleets = 0

beforeAll(async () => {
  await submit(house, '2')
})

/** A released change on a fleet of its own. */
const released = async (): Promise<{ readonly fleet: string; readonly change: string }> => {
  fleets += 1
  const fleet = `fleet-${fleets}`
  await fleetOf(house, fleet, 2)
  return { fleet, change: await release(fleet) }
}

const release = async (fleet: string): Promise<string> => {
  const proposed = await house.ask('propose-change', { as: 'alice', body: { fleet, livepatch: NEW, reason: 'r' } })
  const change = String(proposed.body['id'])
  await validate(house.ports)({ change })
  const { digest } = (await house.ask('show-change', { as: 'dave', path: { change } })).body
  for (const as of ['bob', 'carol'] as const)
    await house.ask('approve-change', { as, path: { change }, body: { decision: 'approve', digest } })
  return change
}

const abort = async (change: string) => {
  const answer = await house.ask('control-change', {
    as: 'bob',
    path: { change },
    body: { command: 'abort' },
    headers: { 'if-match': '*' },
  })
  expect(answer.status).toBe(200)
}
const stored = async (fleet: string) => (await house.store.fleets.directive(fleet))?.directive ?? null
const copied = (fleet: string) => {
  const bytes = house.objects.get(`directives/${fleet}.json`)
  return bytes ? SignedDirective.parse(JSON.parse(Buffer.from(bytes).toString())).directive : null
}

/** Runs something once, just before the port does its work. */
const interrupted = (name: 'sign' | 'put', meanwhile: () => Promise<void>): Ports => {
  let pending: (() => Promise<void>) | null = meanwhile
  const interrupt = async () => {
    const run = pending
    pending = null
    await run?.()
  }
  const { signingKey, objects, ...ports } = house.ports
  const sign = async (message: Uint8Array) => {
    if (name === 'sign') await interrupt()
    return signingKey.sign(message)
  }
  const put = async (...[key, bytes, type]: Parameters<Ports['objects']['put']>) => {
    if (name === 'put') await interrupt()
    return objects.put(key, bytes, type)
  }
  return { ...ports, signingKey: { ...signingKey, sign }, objects: { ...objects, put } }
}

describe('a directive', () => {
  test('is verifiable with the key that hosts get at their enrolment', async () => {
    const { fleet, change } = await released()
    await openWave(house.ports)({ change })
    const signed = await house.store.fleets.directive(fleet)
    expect(verifyDirective(signed, { keys: house.directiveKeys, fleet, lastVersion: 0, now: house.time })).toMatchObject({ ok: true })
  })

  test('is not sent again to a host that has it', async () => {
    const { fleet, change } = await released()
    await openWave(house.ports)({ change })
    const poll = (headers = {}) => house.ask('show-directive', { host: { host: `${fleet}-1`, fleet }, path: { fleet }, headers })
    const { etag } = (await poll()).headers
    expect(etag).toBe('"1"')
    expect(await poll({ 'if-none-match': etag })).toMatchObject({ status: 304, text: '', headers: { etag } })
    await abort(change)
    expect(await poll({ 'if-none-match': etag })).toMatchObject({ status: 200, headers: { etag: '"2"' } })
  })

  test('is issued once for what it says once', async () => {
    const { fleet, change } = await released()
    await openWave(house.ports)({ change })
    await publishDirective(house.ports, { id: change, fleet })
    await publishDirective(house.ports, { id: change, fleet })
    expect(await stored(fleet)).toMatchObject({ version: 1 })
  })

  test('of an opening wave never follows on an abort that came in between', async () => {
    const { fleet, change } = await released()
    await openWave(interrupted('sign', () => abort(change)))({ change })
    expect(await stored(fleet)).toMatchObject({ version: 1, ask: null })
    expect(copied(fleet)).toEqual(await stored(fleet))
  })

  test('takes back what was asked, when the abort comes after the wave was published', async () => {
    const { fleet, change } = await released()
    await openWave(house.ports)({ change })
    await abort(change)
    expect(await stored(fleet)).toMatchObject({ version: 2, ask: null })
    expect(copied(fleet)).toEqual(await stored(fleet))
  })

  test('is not overtaken in the object storage by a slow writer’s older one', async () => {
    const { fleet, change } = await released()
    await openWave(interrupted('put', () => abort(change)))({ change })
    expect(await stored(fleet)).toMatchObject({ ask: null })
    expect(copied(fleet)).toEqual(await stored(fleet))
  })

  test('is renewed in the second half of its life, says the same, and only then', async () => {
    const { fleet, change } = await released()
    await openWave(house.ports)({ change })
    const first = Directive.parse(await stored(fleet))
    house.time = (first.issuedAt + first.expiresAt) / 2 - 1
    await renewDirectives(house.ports)
    expect(await stored(fleet)).toEqual(first)
    house.time += 1
    await renewDirectives(house.ports)
    expect(await stored(fleet)).toMatchObject({ version: 2, ask: first.ask, issuedAt: house.time })
    expect(copied(fleet)).toMatchObject({ version: 2 })
  })

  test('that an abort died before publishing is made true by the sweep, and by the task that comes next', async () => {
    for (const repair of [() => renewDirectives(house.ports), (change: string) => judgeWave(house.ports)({ change, wave: 0 })]) {
      const { fleet, change } = await released()
      await openWave(house.ports)({ change })
      house.wire.mishap = () => (JSON.stringify(house.wire.requests.at(-1)?.input).includes('supersede.directive/1') ? 'killed' : undefined)
      await expect(abort(change)).rejects.toThrow()
      house.wire.mishap = () => undefined
      const { body } = await house.ask('show-change', { as: 'dave', path: { change } })
      expect({ status: body['status'], ask: (await stored(fleet))?.ask?.change }).toEqual({ status: 'aborted', ask: change })
      await repair(change)
      expect(await stored(fleet)).toMatchObject({ version: 2, ask: null })
      expect(copied(fleet)).toEqual(await stored(fleet))
    }
  })

  test('of a fleet that was never asked anything asks for nothing', async () => {
    await createFleet(house, 'quiet')
    expect(await renewDirective(house.ports, 'quiet')).toMatchObject({ directive: { version: 1, ask: null, stopped: false } })
  })

  test('of a change that has begun since is not taken back by an aborted one’s late task', async () => {
    const { fleet, change } = await released()
    await openWave(house.ports)({ change })
    await abort(change)
    const next = await release(fleet)
    await openWave(house.ports)({ change: next })
    await publishDirective(house.ports, { id: change, fleet })
    expect(await stored(fleet)).toMatchObject({ ask: { change: next } })
  })

  test('of a new change that is aborted before it asked leaves alone what an earlier one asks', async () => {
    const { fleet, change } = await released()
    await publishDirective(house.ports, { id: change, fleet })
    await abort(change)
    expect(await stored(fleet)).toBeNull()
  })
})
