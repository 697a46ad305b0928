import { beforeAll, describe, expect, test } from '@jest/globals'
import { judgeWave } from '../../functions/lifecycle/judge-wave.ts'
import { openWave } from '../../functions/lifecycle/open-wave.ts'
import { validate } from '../../functions/lifecycle/validate.ts'
import type { Report } from '../../shared/fleet/index.ts'
import { bucketOf, verifyDirective } from '../../shared/rollout/index.ts'
import { type DemoHost, digestOfFile, fleetOf, moduleFile, report, stackOf, submit } from './demo.ts'
import { openHouse } from './house.ts'

const house = openHouse()
const OLD = digestOfFile(moduleFile('1'))
const PLAN = {
  waves: [{ share: 5_000 }, { share: 10_000 }],
  soakSeconds: 0,
  waveSecondsMax: 60,
  pollSeconds: 1,
  budgets: { failed: { count: 9, share: 1 }, stalled: { count: 9, share: 1 }, silent: { count: 9, share: 1 } },
  route: 'disable-then-load',
}
const SIGN_OFF = ['downgrade', 'fixes-lost', 'functions-reverted', 'disable-then-load']
let fleets = 0

beforeAll(async () => {
  for (const name of ['1', '2', 'hotfix'] as const) await submit(house, name)
})

type Scene = { readonly fleet: string; readonly change: string; readonly hosts: readonly DemoHost[] }
const show = async (change: string) => (await house.ask('show-change', { as: 'dave', path: { change } })).body
const whole = stackOf('2', 'hotfix')

/** A fleet on its way back from the second livepatch and a hotfix on top, released by the route, with its first wave open. */
const rolling = async (): Promise<Scene> => {
  fleets += 1
  const fleet = `fleet-${fleets}`
  const hosts = await fleetOf(house, fleet, 8, whole)
  const answer = await house.ask('propose-change', { as: 'alice', body: { fleet, livepatch: OLD, plan: PLAN, reason: 'r' } })
  const change = String(answer.body['id'])
  await validate(house.ports)({ change })
  const { digest } = await show(change)
  for (const as of ['bob', 'carol'] as const)
    await house.ask('approve-change', { as, path: { change }, body: { decision: 'approve', digest, signOff: SIGN_OFF } })
  expect(await openWave(house.ports)({ change })).toMatchObject({ next: 'await', wave: 0 })
  return { fleet, change, hosts }
}
const directiveOf = async ({ fleet }: Scene) => {
  const { body } = await house.ask('show-directive', { host: { host: `${fleet}-1`, fleet }, path: { fleet } })
  const verified = verifyDirective(body, { keys: house.directiveKeys, fleet, lastVersion: 0, now: house.time })
  if (!verified.ok) throw new Error(verified.detail)
  return verified.directive
}
const first = ({ hosts }: Scene): readonly DemoHost[] => hosts.filter(({ id }) => bucketOf(id) < 5_000)
const off = (stack: Report['stack']): Report['stack'] => ({
  ...stack,
  livepatches: stack.livepatches.map((entry, index, all) =>
    index === all.length - 1 ? { ...entry, enabled: false, transition: true } : entry,
  ),
})
const inMemory = (stack: Report['stack']): Report['stack'] => ({
  ...stack,
  resident: [{ name: 'lp_proc_2', digest: digestOfFile(moduleFile('2')), refcnt: 0 }],
})

/** Every stack that a host shows on its way, but the bare one. */
const ON_THE_WAY: readonly (readonly [string, Report['stack']])[] = [
  ['whose first transition is open', off(whole)],
  ['that has removed the hotfix', stackOf('2')],
  ['whose second transition is open', off(stackOf('2'))],
  ['that has not removed the last module yet', inMemory(stackOf())],
]

describe('a rollout by the route disable-then-load', () => {
  test('puts the route into the directive that hosts verify', async () => {
    const { ask, stopped } = await directiveOf(await rolling())
    expect([ask?.route, ask?.finish, stopped]).toEqual(['disable-then-load', undefined, false])
  })

  test.each(ON_THE_WAY)('goes on to its next wave though there is a host %s', async (_, stack) => {
    const scene = await rolling()
    const { fleet, change } = scene
    const [between, ...others] = first(scene)
    if (!between) throw new Error('no host in the first wave')
    const told = { change, between: { since: house.time, until: null, disables: ['lp_proc_2', 'lp_proc_hotfix'] } }
    await report(house, fleet, [
      ...others.map(host => host.report({ change, state: 'applied', stack: stackOf('1') })),
      between.report({ ...told, state: 'between', stack }),
    ])
    expect(await show(change)).toMatchObject({ wave: { phase: 'open', counts: { applied: others.length, pending: 1 } }, between: 1 })
    house.time += 60_000
    expect(await judgeWave(house.ports)({ change, wave: 0 })).toEqual({ next: 'wave' })
    expect(await openWave(house.ports)({ change })).toMatchObject({ next: 'await', wave: 1 })
    expect((await show(change))['waves']).toMatchObject([{ counts: { stalled: 1 } }, {}])
  })

  test('halts where a stack is no step of the way', async () => {
    const scene = await rolling()
    const [host, ...others] = first(scene)
    const { fleet, change } = scene
    await report(house, fleet, [
      ...others.map(other => other.report({ change, state: 'applied', stack: stackOf('1') })),
      host?.report({ change, state: 'quarantined', stack: off(stackOf('hotfix', '2')) }) ?? '',
    ])
    await judgeWave(house.ports)({ change, wave: 0 })
    await openWave(house.ports)({ change })
    expect(await show(change)).toMatchObject({ status: 'halted', halted: { code: 'drift' } })
  })

  test('lets hosts that are in between finish while it is paused, and not while it is held', async () => {
    const scene = await rolling()
    const path = { change: scene.change }
    const headers = { 'if-match': `"${(await show(scene.change))['version']}"` }
    await house.ask('control-change', { as: 'alice', path, headers, body: { command: 'pause', reason: 'a look' } })
    expect(await directiveOf(scene)).toMatchObject({ stopped: true, ask: { finish: true } })
    const body = { scope: 'fleet', target: scene.fleet, reason: 'they panic' }
    expect((await house.ask('place-hold', { as: 'alice', body })).status).toBe(201)
    const { stopped, ask } = await directiveOf(scene)
    expect([stopped, ask?.finish]).toEqual([true, undefined])
  })
})
