import { afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { approveChange } from '../../functions/api/approve-change.ts'
import { controlChange } from '../../functions/api/control-change.ts'
import { placeHold } from '../../functions/api/place-hold.ts'
import { carryOutLeft } from '../../functions/holds/carry-out.ts'
import { openWave } from '../../functions/lifecycle/open-wave.ts'
import { renewDirectives } from '../../functions/lifecycle/renew-directives.ts'
import { isStopInForce } from '../../shared/rollout/index.ts'
import { submit } from './demo.ts'
import { hold, inForce, inReview, lift, liftAll, type Scene, sceneIn } from './hold-scene.ts'
import { type House, openHouse } from './house.ts'

/*
 * The promise: once placing a hold has answered, no wave opens of what is held and no directive asks for it. One of two things that happen at once runs
 * until its n-th look at the world; there the other one happens whole, and then the first goes on. This for every n.
 */
const house = openHouse()
type Ports = House['ports']

beforeAll(async () => {
  await submit(house, '2')
})

afterEach(() => liftAll(house))

const before = <T extends object>(port: T, look: () => Promise<void>): T =>
  new Proxy(port, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name)
      /* What is only remembered is no look at the world. */
      if (typeof member !== 'function' || name === 'recallChange') return member
      return async (...given: unknown[]) => {
        await look()
        return Reflect.apply(member, target, given)
      }
    },
  })

type Interrupted = { readonly ports: Ports; readonly wasInterrupted: () => boolean }

const interruptedAt = (looks: number, meanwhile: () => Promise<void>): Interrupted => {
  let seen = 0
  const look = async () => {
    seen += 1
    if (seen === looks) await meanwhile()
  }
  const { ledger, holds, catalog, fleets, objects, signingKey } = house.ports
  const ports = {
    ...house.ports,
    ledger: before(ledger, look),
    holds: before(holds, look),
    catalog: before(catalog, look),
    fleets: before(fleets, look),
    objects: before(objects, look),
    signingKey: before(signingKey, look),
  }
  return { ports, wasInterrupted: () => seen >= looks }
}

const LOOKS_MAX = 60

/** For n = 1, 2, … until the run ends before it has looked n times: what `once` says of it. */
const forEveryLook = async (once: (looks: number) => Promise<boolean>): Promise<number> => {
  for (let looks = 1; looks <= LOOKS_MAX; looks += 1) if (!(await once(looks))) return looks - 1
  throw new Error(`it looks more than ${LOOKS_MAX} times`)
}

const wavesOf = async ({ types }: Scene): Promise<number> => (await types()).filter(type => type === 'wave-opened').length

/** What must be true from the answer on. */
const expectHeld = async (scene: Scene, wavesAtAnswer: number): Promise<void> => {
  expect(await scene.show()).toMatchObject({ status: 'halted', halted: { code: 'held' } })
  expect(await wavesOf(scene)).toBe(wavesAtAnswer)
  const { stopped, share } = await scene.directive()
  expect(stopped || share === 0).toBe(true)
}

const goOn = async (scene: Scene): Promise<void> => {
  await liftAll(house)
  expect((await scene.control('alice', 'resume')).status).toBe(200)
}

const callOf = (as: 'alice' | 'carol', action: 'placeHold' | 'controlChange' | 'approveChange', { fleet, change }: Scene) => {
  const groups = as === 'alice' ? ['kernel-maintainers', 'operators'] : ['security']
  const principal = { type: 'Person', id: as, groups } as const
  const resource = { type: 'Change', id: change, fleet, proposer: 'alice' } as const
  const answer = {
    placeHold: () =>
      house.ports.policy.authorize({ principal, action: 'placeHold', resource: { type: 'Fleet', id: fleet }, context: { scope: 'fleet' } }),
    controlChange: () => house.ports.policy.authorize({ principal, action: 'controlChange', resource, context: { command: 'resume' } }),
    approveChange: () => house.ports.policy.authorize({ principal, action: 'approveChange', resource, context: { decision: 'approve' } }),
  }[action]()
  if (!answer.allowed) throw new Error(answer.reasons.join())
  const id = house.ports.newId(house.time)
  return { id, at: house.time, ifMatch: '*', ifNoneMatch: null, person: { id: as, name: as, groups }, decision: answer.decision }
}

const place = async ({ fleet }: Scene): Promise<void> => {
  expect((await hold(house, 'carol', { scope: 'fleet', target: fleet })).status).toBe(201)
}

describe('a hold', () => {
  test('that comes while a wave opens: the wave does not open, or is halted by the answer', async () => {
    const scene = await sceneIn(house, 'while-opening', 'released')
    const looks = await forEveryLook(async n => {
      let waves = -1
      const { ports, wasInterrupted } = interruptedAt(n, async () => {
        await place(scene)
        waves = await wavesOf(scene)
      })
      await openWave(ports)({ change: scene.change })
      if (!wasInterrupted()) return false
      await expectHeld(scene, waves)
      await goOn(scene)
      return true
    })
    expect(looks).toBeGreaterThan(8)
  })

  test('during whose placing a wave opens: the answer comes after the halt', async () => {
    const scene = await sceneIn(house, 'while-holding', 'released')
    const looks = await forEveryLook(async n => {
      const { ports, wasInterrupted } = interruptedAt(n, async () => {
        await openWave(house.ports)({ change: scene.change })
      })
      const body = { scope: 'fleet' as const, target: scene.fleet, reason: 'it panics' }
      const answer = await placeHold(ports)({ ...callOf('carol', 'placeHold', scene), input: { path: {}, query: {}, body } })
      expect(answer).toMatchObject({ status: 201 })
      await expectHeld(scene, await wavesOf(scene))
      await goOn(scene)
      return wasInterrupted()
    })
    expect(looks).toBeGreaterThan(8)
  })

  test('that comes while somebody resumes: resumed or not, no wave opens', async () => {
    const scene = await sceneIn(house, 'while-resuming', 'paused')
    await forEveryLook(async n => {
      const { ports, wasInterrupted } = interruptedAt(n, () => place(scene))
      const input = { path: { change: scene.change }, query: {}, body: { command: 'resume' as const, reason: '' } }
      await controlChange(ports)({ ...callOf('alice', 'controlChange', scene), input })
      if (!wasInterrupted()) return false
      const waves = await wavesOf(scene)
      expect(await openWave(house.ports)({ change: scene.change })).toMatchObject({ next: 'halted' })
      expect(await wavesOf(scene)).toBe(waves)
      expect((await scene.directive()).stopped).toBe(true)
      await goOn(scene)
      expect((await scene.control('alice', 'pause')).status).toBe(200)
      return true
    })
  })

  test.each([1, 2, 3, 4, 5])('that comes while the last approval releases, at look %i: released or not, no wave opens', async n => {
    const scene = await inReview(house, `while-releasing-${n}`)
    await scene.approve('bob')
    const digest = String((await scene.show())['digest'])
    const { ports, wasInterrupted } = interruptedAt(n, () => place(scene))
    const input = { path: { change: scene.change }, query: {}, body: { decision: 'approve' as const, digest, comment: '', signOff: [] } }
    /* As the question found them: the first look is after that. */
    const readAhead = await house.ports.holds.standing(house.time)
    expect(await approveChange(ports)({ ...callOf('carol', 'approveChange', scene), input, readAhead })).toMatchObject({ status: 201 })
    if (!wasInterrupted()) await place(scene)
    const { status } = await scene.show()
    if (status !== 'in-review') expect(await openWave(house.ports)({ change: scene.change })).toMatchObject({ next: 'halted' })
    expect(await wavesOf(scene)).toBe(0)
    expect((await scene.directive()).share).toBe(0)
  })

  test('and a wave at the same moment, forty times', async () => {
    const scenes = await Promise.all([1, 2, 3, 4, 5].map(number => sceneIn(house, `at-once-${number}`, 'released')))
    for (let round = 0; round < 8; round += 1)
      await Promise.all(
        scenes.map(async (scene, index) => {
          const open = () => openWave(house.ports)({ change: scene.change })
          const opening = (round + index) % 2 === 0 ? open() : Promise.resolve().then(open)
          await place(scene)
          const waves = await wavesOf(scene)
          const { version } = await scene.directive()
          await opening
          await expectHeld(scene, waves)
          const said = await scene.directive()
          expect(said.version === version || said.stopped).toBe(true)
          for (const { id, target } of await inForce(house)) if (target === scene.fleet) await lift(house, 'carol', id)
          expect((await scene.control('alice', 'resume')).status).toBe(200)
        }),
      )
  })
})

const WRITES = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'TransactWriteItems'])

describe('a hold of everything whose request dies', () => {
  test('before any of its writes: the sweep finishes it, or it was never placed', async () => {
    const scene = await sceneIn(house, 'dying', 'rolling')
    for (let attempt = 1; ; attempt += 1) {
      let writes = 0
      house.wire.mishap = operation => {
        if (WRITES.has(operation)) writes += 1
        return writes >= attempt ? 'killed' : undefined
      }
      const { status } = await hold(house, 'carol', { scope: 'everything' })
      house.wire.mishap = () => undefined
      if (status === 201) break
      expect(status).toBe(500)
      const isPlaced = (await inForce(house)).length > 0
      await carryOutLeft(house.ports)
      await renewDirectives(house.ports)
      expect(isStopInForce((await house.store.fleets.stopOrder())?.order ?? null, house.time)).toBe(isPlaced)
      expect(await scene.show()).toMatchObject(isPlaced ? { status: 'halted', halted: { code: 'held' } } : { status: 'rolling' })
      expect((await scene.directive()).stopped).toBe(isPlaced)
      if (!isPlaced) continue
      await goOn(scene)
      await openWave(house.ports)({ change: scene.change })
    }
    await liftAll(house)
  })

  test('is finished by the same request under the same key', async () => {
    const scene = await sceneIn(house, 'dying-again', 'rolling')
    const ask = { as: 'carol', body: { scope: 'everything', reason: 'it panics' }, headers: { 'idempotency-key': 'once-more' } } as const
    let writes = 0
    house.wire.mishap = operation => {
      if (WRITES.has(operation)) writes += 1
      return writes >= 5 ? 'killed' : undefined
    }
    expect((await house.ask('place-hold', ask)).status).toBe(500)
    house.wire.mishap = () => undefined
    house.time += 31_000
    expect((await house.ask('place-hold', ask)).status).toBe(201)
    expect(await inForce(house)).toHaveLength(1)
    expect(await scene.show()).toMatchObject({ status: 'halted', halted: { code: 'held' } })
    await liftAll(house)
  })
})

describe('two people at once', () => {
  test('lift the same hold once', async () => {
    await house.ask('create-fleet', { as: 'alice', body: { id: 'quiet' } })
    const { body } = await hold(house, 'alice', { scope: 'fleet', target: 'quiet' })
    const answers = await Promise.all([lift(house, 'alice', body['id']), lift(house, 'carol', body['id'])])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
    expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({ code: 'hold-ended', reason: 'lifted' })
    const { items } = await house.store.ledger.commitsOf(`hold#${String(body['id'])}`, { limit: 10 })
    expect(items.flatMap(({ events }) => events.map(({ type }) => type))).toEqual(['hold-placed', 'hold-lifted'])
  })

  test('one lifts everything while the other stops it anew: the order says what the holds say', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { body } = await hold(house, 'alice', { scope: 'everything' })
      await Promise.all([lift(house, 'alice', body['id']), hold(house, 'bob', { scope: 'everything', reason: 'not yet' })])
      const order = (await house.store.fleets.stopOrder())?.order ?? null
      expect(isStopInForce(order, house.time)).toBe(true)
      expect(order?.reason).toContain('not yet')
      await liftAll(house)
      expect(isStopInForce((await house.store.fleets.stopOrder())?.order ?? null, house.time)).toBe(false)
    }
  })
})
