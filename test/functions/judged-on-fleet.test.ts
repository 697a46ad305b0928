import { beforeAll, describe, expect, test } from '@jest/globals'
import { judgedOnFleet } from '../../functions/judged-on-fleet.ts'
import type { Edge } from '../../shared/lineage/index.ts'
import { createFleet, digestOfFile, enrol, moduleFile, report, stackOf, submit } from './demo.ts'
import { openHouse } from './house.ts'

const house = openHouse()
const [ONE, TWO, THREE] = (['1', '2', '3'] as const).map(name => digestOfFile(moduleFile(name)))
let fleets = 0

beforeAll(async () => {
  for (const name of ['1', '2', '3'] as const) await submit(house, name)
})

/** A fleet whose one host runs a livepatch, with what was replaced there before, day by day. */
const fleetOn = async (
  stack: ReturnType<typeof stackOf>,
  past: readonly (readonly [previous: string | undefined, next: string | undefined, route?: 'disable-then-load'])[],
) => {
  fleets += 1
  const fleet = `past-${fleets}`
  await createFleet(house, fleet)
  const [host] = await enrol(house, fleet, 1)
  await report(house, fleet, [host?.report({ stack }) ?? ''])
  const edge = (previous: string | null, next: string, day: number, route?: 'disable-then-load'): Edge => ({
    ...(route && { route }),
    previous,
    next,
    fleet,
    change: `change-${day}`,
    at: `2026-11-0${day}T00:00:00.000Z`,
    hosts: 1,
    kept: [],
    repatched: [],
    added: [],
    reverted: [],
  })
  await house.ports.lineage.add(past.map(([previous, next, route], day) => edge(previous ?? null, next ?? '', day + 1, route)))
  return fleet
}

const pastsOf = async (fleet: string): Promise<readonly unknown[]> => {
  const livepatch = await house.ports.catalog.manifest(THREE ?? '')
  if (!livepatch) throw new Error('the third livepatch is not in the catalog')
  return (await judgedOnFleet(house.ports, { fleet }, livepatch)).cohorts.map(({ replacedEarlier }) => replacedEarlier)
}

describe('what a verdict on a fleet is told of the past', () => {
  test('is nothing of what was disabled before its successor was loaded, nor of what that had replaced', async () => {
    const past = [
      [ONE, TWO],
      [TWO, ONE, 'disable-then-load'],
    ] as const
    expect(await pastsOf(await fleetOn(stackOf('1'), past))).toEqual([[]])
    const inMemory = (name: string, digest = '') => ({ ...stackOf('1'), resident: [{ name, digest, refcnt: 0 }] })
    const back = [[THREE, TWO], ...past.slice(1)] as const
    expect(await pastsOf(await fleetOn(inMemory('lp_proc_3', THREE), back))).toEqual([[]])
    expect(await pastsOf(await fleetOn(inMemory('lp_proc_2', TWO), back))).toEqual([['lp_proc_2']])
  })

  test('is what lineage says was replaced there, oldest first, around circles', async () => {
    expect(await pastsOf(await fleetOn(stackOf('2'), [[ONE, TWO]]))).toEqual([['lp_proc_1']])
    expect(
      await pastsOf(
        await fleetOn(stackOf('1'), [
          [undefined, ONE],
          [ONE, TWO],
          [TWO, ONE],
        ]),
      ),
    ).toEqual([['lp_proc_1', 'lp_proc_2']])
  })

  test('does not hold what came after, nor what happened on other fleets', async () => {
    const behind = await fleetOn(stackOf('1'), [[ONE, TWO]])
    expect(await pastsOf(behind)).toEqual([undefined])
    expect(await pastsOf(await fleetOn(stackOf('2'), []))).toEqual([undefined])
  })

  test('is nothing for hosts that have rebooted since, and stays for the others', async () => {
    fleets += 1
    const fleet = `past-${fleets}`
    await createFleet(house, fleet)
    const hosts = await enrol(house, fleet, 2)
    const say = async (count: number, bootId: string) =>
      report(
        house,
        fleet,
        hosts.slice(0, count).map(host => host.report({ stack: stackOf('1'), bootId })),
      )
    await say(2, 'first')
    const given = { previous: TWO ?? '', next: ONE ?? '', fleet, change: 'c', at: '2026-11-01T00:00:00.000Z', hosts: 2 }
    await house.ports.lineage.add([{ ...given, kept: [], repatched: [], added: [], reverted: [] }])
    expect(await pastsOf(fleet)).toEqual([['lp_proc_2']])
    await say(1, 'second')
    expect(await pastsOf(fleet)).toEqual([[], ['lp_proc_2']])
    const skipped = async (): Promise<readonly unknown[]> =>
      Object((await house.ask('simulate', { as: 'dave', body: { livepatch: THREE, fleet } })).body)['findings'].filter(
        ({ code }: { code: string }) => code === 'callbacks-skipped',
      )
    expect(await skipped()).toHaveLength(1)
    await say(2, 'third')
    expect(await pastsOf(fleet)).toEqual([[]])
    expect(await skipped()).toEqual([])
    await say(2, 'third')
    expect(await pastsOf(fleet)).toEqual([[]])
  })

  test('ends with modules in memory of which lineage does not tell', async () => {
    const stack = { ...stackOf('2'), resident: [{ name: 'lp_proc_3', digest: THREE ?? '', refcnt: 0 }] }
    expect(await pastsOf(await fleetOn(stack, [[ONE, TWO]]))).toEqual([['lp_proc_1', 'lp_proc_3']])
  })
})

describe('a simulation on a fleet', () => {
  const findings = async (body: object): Promise<readonly { code: string; severity: string; message: string; evidence: object }[]> =>
    Object((await house.ask('simulate', { as: 'dave', body })).body)['findings'] ?? []

  test('tells of callbacks that an earlier replace has skipped', async () => {
    const skipped = async (fleet: string): Promise<readonly string[]> =>
      (await findings({ livepatch: THREE, fleet })).filter(({ code }) => code === 'callbacks-skipped').map(({ message }) => message)
    expect(await skipped(await fleetOn(stackOf('1'), []))).toEqual([])
    expect(await skipped(await fleetOn(stackOf('1'), [[TWO, ONE]]))).toEqual([expect.stringContaining('lp_proc_2:vmlinux:post_unpatch')])
  })

  test('blocks what it is asked to block, with the reason, and only findings that there are', async () => {
    const fleet = await fleetOn(stackOf('3'), [])
    const stricter = { 'functions-reverted': 'customers rely on it' }
    expect(await findings({ livepatch: ONE, fleet, stricter })).toContainEqual(
      expect.objectContaining({ severity: 'block', evidence: expect.objectContaining({ raisedBecause: 'customers rely on it' }) }),
    )
    const refused = await house.ask('simulate', { as: 'dave', body: { livepatch: ONE, fleet, stricter: { 'no-such': 'x' } } })
    expect(refused).toMatchObject({ status: 422, body: { code: 'invalid-input' } })
  })
})
