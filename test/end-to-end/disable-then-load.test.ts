import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import {
  enrol,
  fetchClient,
  memoryStorage,
  type RunningAgent,
  readManifest,
  runAgent,
  type SimulatedKernel,
  simulatedKernel,
  systemClock,
} from '../../agent/index.ts'
import { sha256 } from '../../shared/canonical/index.ts'
import type { Manifest } from '../../shared/livepatch/index.ts'
import { root } from '../infra/assembly.ts'
import { issueTokens } from './hosts.ts'
import { openOnePlatform, until } from './one-platform.ts'

/*
 * A downgrade that an atomic replace is blocked for, by the route disable-then-load: proposed, signed off, carried out by real agents on
 * simulated hosts, over HTTP against the whole stack.
 */

jest.setTimeout(60_000)

const FLEET = 'route'
const PLAN = { waves: [{ share: 10_000 }], soakSeconds: 0, waveSecondsMax: 60, approvalSecondsMax: 600, pollSeconds: 0.1 }
const ROUTE = { ...PLAN, route: 'disable-then-load' }

const fileOf = (name: string): Buffer => readFileSync(join(root, `examples/livepatches/lp_proc_${name}.ko`))
const manifestOf = (name: string): Manifest => {
  const manifest = readManifest(fileOf(name), sha256(fileOf(name)), `lp_proc_${name}`)
  if (!manifest) throw new Error(`lp_proc_${name}.ko cannot be read`)
  return manifest
}
const OLD = sha256(fileOf('1'))

const platform = await openOnePlatform()
const { ask } = platform
const agents: RunningAgent[] = []
const kernels: SimulatedKernel[] = []
/** Callbacks that ran on a host once its agent had it, by what its log says of them. */
const ran = new Map<string, string[]>()
afterAll(async () => {
  await Promise.all(agents.map(agent => agent.stop()))
  await platform.close()
})

const watched = (host: string, kernel: SimulatedKernel): SimulatedKernel => {
  const said: string[] = []
  ran.set(host, said)
  const noting = (what: string) => async (name: string) => {
    said.push(`${what} ${name}`)
    return what === 'disable' ? kernel.disable(name) : kernel.remove(name)
  }
  const load: SimulatedKernel['load'] = module => {
    said.push(`load ${module.name}`)
    return kernel.load(module)
  }
  return { ...kernel, disable: noting('disable'), remove: noting('remove'), load }
}

const joined = async (host: string, token: string, preload: readonly string[]): Promise<void> => {
  const kernel = watched(host, simulatedKernel({ release: '6.1.0-50-amd64', bootId: host, preload: preload.map(manifestOf) }))
  kernels.push(kernel)
  const [storage, http, server] = [memoryStorage(), fetchClient(), platform.url]
  const identity = await enrol({ server, fleet: FLEET, token, host, http, storage, now: Date.now() })
  agents.push(await runAgent({ kernel, http, clock: systemClock(), identity, storage, server, firstPoll: 'at-once' }))
}

const listOf = (value: unknown): readonly Readonly<Record<string, unknown>>[] => (Array.isArray(value) ? value : [])
const show = async (change: string) => (await ask('show-change', { as: 'dave', path: { change } })).body
const judged = async (plan: object) => {
  const { body } = await ask('propose-change', { as: 'alice', body: { fleet: FLEET, livepatch: OLD, reason: 'lp_proc_2 hangs', plan } })
  const change = String(body['id'])
  return until(
    () => show(change),
    ({ status }) => status !== 'proposed',
  )
}
const approve = async (as: 'bob' | 'carol', { id, digest }: Readonly<Record<string, unknown>>, signOff: readonly string[] = []) =>
  (await ask('approve-change', { as, path: { change: String(id) }, body: { decision: 'approve', digest, signOff } })).body

const hosts = ['route-1', 'route-2', 'route-3']

beforeAll(async () => {
  for (const name of ['1', '2', 'hotfix']) await ask('submit-patch', { as: 'alice', body: { module: fileOf(name).toString('base64') } })
  await ask('create-fleet', { as: 'alice', body: { id: FLEET, pollSeconds: 0.1 } })
  const tokens = await issueTokens(platform, FLEET, hosts.length)
  const runs = [['2'], ['2', 'hotfix'], []]
  for (const [index, host] of hosts.entries()) await joined(host, tokens[index] ?? '', runs[index] ?? [])
  const reported = async () =>
    listOf((await ask('list-hosts', { as: 'dave', path: { fleet: FLEET } })).body['items']).filter(({ sequence }) => Number(sequence) > 0)
  await until(reported, found => found.length === hosts.length)
}, 60_000)

describe('a downgrade that replace is blocked for', () => {
  let change: Readonly<Record<string, unknown>> = {}
  const signed = ['downgrade', 'fixes-lost', 'functions-reverted']

  test('is blocked by missing-callback as long as nothing else is proposed', async () => {
    const { status, findings } = await judged(PLAN)
    expect(status).toBe('blocked')
    expect(
      listOf(findings)
        .filter(({ severity }) => severity === 'block')
        .map(({ code }) => code),
    ).toContain('missing-callback')
  })

  test('is put before approvers by the route, with what is absent in between and on how many hosts', async () => {
    change = await judged(ROUTE)
    expect(change).toMatchObject({ status: 'in-review', plan: { route: 'disable-then-load' } })
    const exposed = listOf(change['findings']).filter(({ code }) => code === 'disable-then-load')
    expect(exposed.map(({ severity }) => severity)).toEqual(['review', 'review'])
    expect(exposed.map(({ message }) => message).join(' ')).toMatch(/On 1 host lp_proc_2 is disabled .*CVE-0000-0001/)
    expect(change['needs']).toContainEqual(expect.stringContaining('a sign-off of disable-then-load'))
    const asked = { as: 'dave', path: { change: String(change['id']) }, query: { recompute: 'true' } } as const
    expect((await ask('show-verdict', asked)).body).toMatchObject({
      verdict: { route: 'disable-then-load' },
      recomputed: { outcome: 'equal' },
    })
  })

  test('does not go by a general yes, however many give one and whatever else they sign off', async () => {
    await approve('bob', change)
    const { status, needs } = await approve('carol', change, signed)
    expect(status).toBe('in-review')
    expect(needs).toEqual([expect.stringContaining('a sign-off of disable-then-load')])
    const { digest } = change
    const made = { decision: 'approve', digest, signOff: ['disable_then_load'] }
    expect(await ask('approve-change', { as: 'carol', path: { change: String(change['id']) }, body: made })).toMatchObject({ status: 422 })
    expect((await show(String(change['id'])))['status']).toBe('in-review')
  })

  test('loses every approval when the route is revised away, because the route is part of what was approved', async () => {
    const path = { change: String(change['id']) }
    const reason = 'soak it'
    const revise = (plan: object) => ask('revise-change', { as: 'alice', path, body: { digest: change['digest'], reason, plan } })
    const { body } = await revise({ soakSeconds: 1 })
    expect(listOf(body['voidApprovals'])).toHaveLength(2)
    change = await show(path.change)
    expect(change).toMatchObject({ plan: { route: 'disable-then-load', soakSeconds: 1 } })
  })

  test('goes when the route is signed off, and every host ends with the older livepatch alone', async () => {
    await approve('bob', change)
    expect(await approve('carol', change, [...signed, 'disable-then-load'])).toMatchObject({ status: 'released', needs: [] })
    const { status, ending } = await until(
      () => show(String(change['id'])),
      found => ['completed', 'halted', 'aborted'].includes(String(found['status'])),
    )
    expect({ status, ending }).toEqual({ status: 'completed', ending: 'Completed: 3 of 3 hosts applied.' })
    for (const kernel of kernels) {
      const { stack } = await kernel.observe()
      expect([stack.livepatches.map(({ name, enabled }) => [name, enabled]), stack.resident]).toEqual([[['lp_proc_1', true]], []])
    }
    expect([...ran.values()]).toEqual([
      ['disable lp_proc_2', 'remove lp_proc_2', 'load lp_proc_1'],
      ['disable lp_proc_hotfix', 'remove lp_proc_hotfix', 'disable lp_proc_2', 'remove lp_proc_2', 'load lp_proc_1'],
      ['load lp_proc_1'],
    ])
  })

  test('says of each host without what it ran and for how long, then and in its history', async () => {
    const between = async (host: string) => (await ask('show-host', { as: 'dave', path: { host } })).body['between']
    expect(await between('route-2')).toEqual({
      since: expect.any(Number),
      until: expect.any(Number),
      disables: ['lp_proc_2', 'lp_proc_hotfix'],
    })
    expect(await between('route-3')).toBeNull()
    const { items } = (await ask('show-host-history', { as: 'dave', path: { host: 'route-1' } })).body
    expect(listOf(items)[0]).toMatchObject({ state: 'applied', between: { disables: ['lp_proc_2'] }, change: { id: change['id'] } })
  })

  test('is told in lineage as what it was: nothing was replaced', async () => {
    const { edges } = (await ask('show-lineage', { as: 'dave', path: { digest: OLD } })).body
    const routes = listOf(edges).map(({ previous, route }) => [previous === null, route])
    expect(routes.toSorted()).toEqual([
      [false, 'disable-then-load'],
      [false, 'disable-then-load'],
      [true, undefined],
    ])
  })

  test('leaves nothing behind that a later verdict would have to look at', async () => {
    const body = { livepatch: sha256(fileOf('2')), fleet: FLEET }
    const { findings, cohorts } = (await ask('simulate', { as: 'alice', body })).body
    expect(listOf(findings).map(({ code }) => code)).not.toContain('missing-callback')
    expect(listOf(cohorts)).toHaveLength(1)
  })
})
