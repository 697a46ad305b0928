import { expect } from '@jest/globals'
import { openWave } from '../../functions/lifecycle/open-wave.ts'
import { validate } from '../../functions/lifecycle/validate.ts'
import { bucketOf } from '../../shared/rollout/index.ts'
import { type DemoHost, digestOfFile, fleetOf, moduleFile, report, stackOf } from './demo.ts'
import type { Answered, House, PersonName } from './house.ts'

export const LIVEPATCH = digestOfFile(moduleFile('2'))
/** What its file says. */
export const SERIES = 'debian-12-6.1'
const PLAN = { waves: [{ share: 5_000 }, { share: 10_000 }], soakSeconds: 0, waveSecondsMax: 60, pollSeconds: 1 }

export const STATUSES = ['in-review', 'released', 'rolling', 'soaking', 'paused'] as const
type Status = (typeof STATUSES)[number]

export type Scene = {
  readonly fleet: string
  readonly change: string
  readonly hosts: readonly DemoHost[]
  readonly show: () => Promise<Readonly<Record<string, unknown>>>
  readonly approve: (as: PersonName) => Promise<Answered>
  readonly control: (as: PersonName, command: 'pause' | 'resume' | 'abort') => Promise<Answered>
  /** What the fleet's directive says. */
  readonly directive: () => Promise<{ readonly stopped: boolean; readonly share: number; readonly version: number }>
  readonly types: () => Promise<readonly string[]>
}

/** A fleet of its own, some hosts of which are below the first wave's share. */
const newFleet = async (house: House, fleet: string): Promise<readonly DemoHost[]> => {
  const hosts = await fleetOf(house, fleet, 2)
  return hosts
}

/** A change of lp_proc_2 on a fleet of its own, in review. Precondition: the livepatch is submitted. */
export const inReview = async (house: House, fleet: string): Promise<Scene> => {
  const hosts = await newFleet(house, fleet)
  const proposed = await house.ask('propose-change', {
    as: 'alice',
    body: { fleet, livepatch: LIVEPATCH, plan: PLAN, reason: 'two fixes' },
  })
  expect(proposed.status).toBe(201)
  const change = String(proposed.body['id'])
  await validate(house.ports)({ change })
  const show = async () => (await house.ask('show-change', { as: 'dave', path: { change } })).body
  return {
    ...{ fleet, change, hosts, show },
    approve: async as =>
      house.ask('approve-change', { as, path: { change }, body: { decision: 'approve', digest: (await show())['digest'] } }),
    control: (as, command) =>
      house.ask('control-change', { as, path: { change }, body: { command, reason: 'r' }, headers: { 'if-match': '*' } }),
    directive: async () => {
      const signed = await house.store.fleets.directive(fleet)
      const { stopped, ask, version } = signed?.directive ?? { stopped: false, ask: null, version: 0 }
      return { stopped, share: ask?.share ?? 0, version }
    },
    types: async () => {
      const { items } = await house.store.ledger.commitsOf(`change#${change}`, { limit: 100 })
      return items.flatMap(({ events }) => events.map(({ type }) => type))
    },
  }
}

const applied = (house: House, { fleet, change, hosts }: Scene, below: number): Promise<Answered> =>
  report(
    house,
    fleet,
    hosts.filter(({ id }) => bucketOf(id) < below).map(host => host.report({ state: 'applied', change, stack: stackOf('2') })),
  )

const released = async (house: House, fleet: string): Promise<Scene> => {
  const scene = await inReview(house, fleet)
  await scene.approve('bob')
  expect((await scene.approve('carol')).body).toMatchObject({ status: 'released' })
  return scene
}

/** The same, brought as far as a status. */
export const sceneIn = async (house: House, fleet: string, status: Status): Promise<Scene> => {
  if (status === 'in-review') return inReview(house, fleet)
  const scene = await released(house, fleet)
  if (status === 'released') return scene
  expect(await openWave(house.ports)({ change: scene.change })).toMatchObject({ next: 'await', wave: 0 })
  if (status === 'soaking') await applied(house, scene, 5_000)
  if (status === 'paused') expect((await scene.control('alice', 'pause')).status).toBe(200)
  return scene
}

export const hold = (house: House, as: PersonName, body: object): Promise<Answered> =>
  house.ask('place-hold', { as, body: { reason: 'it panics', ...body } })
export const lift = (house: House, as: PersonName, id: unknown): Promise<Answered> =>
  house.ask('lift-hold', { as, path: { hold: String(id) }, body: { reason: 'it was the rack' } })
export const inForce = async (house: House): Promise<readonly Readonly<Record<string, unknown>>[]> => {
  const { items } = (await house.ask('list-holds', { as: 'dave' })).body
  return Array.isArray(items) ? items : []
}
/** So that one test's holds are no other's. */
export const liftAll = async (house: House): Promise<void> => {
  for (const { id } of await inForce(house)) expect((await lift(house, 'carol', id)).status).toBe(200)
}
