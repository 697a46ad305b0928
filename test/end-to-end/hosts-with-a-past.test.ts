import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import {
  enrol,
  fetchClient,
  type Kernel,
  linuxKernel,
  memoryStorage,
  type RunningAgent,
  readManifest,
  runAgent,
  type Storage,
  simulatedKernel,
  systemClock,
} from '../../agent/index.ts'
import { sha256 } from '../../shared/canonical/index.ts'
import type { Manifest } from '../../shared/livepatch/index.ts'
import { StopOrder, verifyStopOrder } from '../../shared/rollout/index.ts'
import { layOut, recordedFiles } from '../agent/host-files.ts'
import { root } from '../infra/assembly.ts'
import { issueTokens } from './hosts.ts'
import { openOnePlatform, until } from './one-platform.ts'

/*
 * Hosts to which something has happened before a change comes: somebody traces what shall be patched, a transition was forced, a task
 * sleeps where it must not. Real agents over HTTP against the whole stack.
 */

jest.setTimeout(60_000)

const RELEASE = '6.1.0-50-amd64'
const PLAN = { waves: [{ share: 10_000 }], soakSeconds: 0, waveSecondsMax: 60, approvalSecondsMax: 600, pollSeconds: 0.1 }

const fileOf = (name: string): Buffer => readFileSync(join(root, `examples/livepatches/lp_proc_${name}.ko`))
const manifestOf = (name: string): Manifest => {
  const manifest = readManifest(fileOf(name), sha256(fileOf(name)), `lp_proc_${name}`)
  if (!manifest) throw new Error(`lp_proc_${name}.ko cannot be read`)
  return manifest
}
const NEW = sha256(fileOf('2'))

const platform = await openOnePlatform()
const { ask } = platform
const folder = await mkdtemp(join(tmpdir(), 'hosts-with-a-past-'))
const agents: RunningAgent[] = []
afterAll(async () => {
  await Promise.all(agents.map(agent => agent.stop()))
  await platform.close()
  await rm(folder, { recursive: true })
})

beforeAll(async () => {
  for (const name of ['1', '2']) await ask('submit-patch', { as: 'alice', body: { module: fileOf(name).toString('base64') } })
})

/** Enrols hosts with these kernels and lets their agents run. */
const fleetOf = async (fleet: string, kernels: Readonly<Record<string, Kernel>>): Promise<readonly Storage[]> => {
  await ask('create-fleet', { as: 'alice', body: { id: fleet, pollSeconds: 0.1 } })
  const tokens = await issueTokens(platform, fleet, Object.keys(kernels).length)
  const storages: Storage[] = []
  for (const [index, [host, kernel]] of Object.entries(kernels).entries()) {
    const [storage, http] = [memoryStorage(), fetchClient()]
    storages.push(storage)
    const server = platform.url
    const identity = await enrol({ server, fleet, token: tokens[index] ?? '', host, http, storage, now: Date.now() })
    const settings = { watchSeconds: 0.05, stallSecondsMax: 0.3, explainSeconds: 0.2 }
    agents.push(await runAgent({ kernel, http, clock: systemClock(), identity, storage, server, settings, firstPoll: 'at-once' }))
  }
  const reported = async () => Number((await hostsOf(fleet)).filter(({ sequence }) => Number(sequence) > 0).length)
  await until(reported, count => count === Object.keys(kernels).length)
  return storages
}

const objectOf = (value: unknown): Readonly<Record<string, unknown>> => (typeof value === 'object' && value !== null ? { ...value } : {})
const listOf = (value: unknown): readonly Readonly<Record<string, unknown>>[] => (Array.isArray(value) ? value : [])
const hostsOf = async (fleet: string) => listOf((await ask('list-hosts', { as: 'dave', path: { fleet } })).body['items'])
const hostCalled = async (fleet: string, id: string) => (await hostsOf(fleet)).find(host => host['id'] === id) ?? {}

const judged = async (fleet: string) => {
  const { body } = await ask('propose-change', { as: 'alice', body: { fleet, livepatch: NEW, reason: 'r', plan: PLAN } })
  const change = String(body['id'])
  const shown = await until(
    () => ask('show-change', { as: 'dave', path: { change } }),
    answer => answer.body['status'] !== 'proposed',
  )
  const verdict = objectOf((await ask('show-verdict', { as: 'dave', path: { change } })).body['verdict'])
  return { change, status: shown.body['status'], digest: shown.body['digest'], verdict }
}

const released = async (fleet: string) => {
  const { change, digest, verdict } = await judged(fleet)
  for (const as of ['bob', 'carol'] as const)
    await ask('approve-change', { as, path: { change }, body: { decision: 'approve', digest, comment: 'yes' } })
  return { change, verdict }
}

const statusOf = async (change: string) => (await ask('show-change', { as: 'dave', path: { change } })).body

describe('a host that traces what shall be patched', () => {
  test.each(['6.1', '6.12', '7.2'] as const)(
    'as a real %s kernel tells it is foreseen to refuse, and what would be blinded',
    async kernel => {
      const tree = join(folder, kernel)
      await layOut(tree, recordedFiles(kernel, 'probed'), [])
      const fleet = `traced-${kernel.replace('.', '-')}`
      await fleetOf(fleet, {
        [`${fleet}-probed`]: linuxKernel({ root: tree }),
        [`${fleet}-calm`]: simulatedKernel({ release: RELEASE, bootId: 'b' }),
      })
      const { status, verdict } = await judged(fleet)
      const findings = listOf(verdict['findings']).filter(({ code }) => String(code).endsWith('tracing') || code === 'tracing-conflict')
      const { cohort } = await hostCalled(fleet, `${fleet}-probed`)
      expect(findings.map(({ code, severity, cohort: of }) => [code, severity, of])).toEqual([
        ['tracing-conflict', 'block', cohort],
        ['blinds-tracing', 'review', cohort],
      ])
      expect(findings.map(({ message }) => message).join(' ')).toMatch(/vmlinux:version_proc_show.*vmlinux:cmdline_proc_show/)
      expect(status).toBe('blocked')
    },
  )
})

describe('a host on which a transition was forced', () => {
  test('is left out: its stack is not admitted, it loads nothing and says why, and the change completes without it', async () => {
    const saved = simulatedKernel({ release: RELEASE, bootId: 'b', preload: [manifestOf('1')] }).save()
    const forced = simulatedKernel({ release: RELEASE, bootId: 'b', saved: { ...saved, stack: { ...saved.stack, forced: true } } })
    const fleet = 'forced'
    await fleetOf(fleet, { 'was-forced': forced, calm: simulatedKernel({ release: RELEASE, bootId: 'b', preload: [manifestOf('1')] }) })
    const { change, verdict } = await released(fleet)
    const { cohort } = await hostCalled(fleet, 'was-forced')
    expect(listOf(verdict['findings'])).toContainEqual(expect.objectContaining({ code: 'module-pinned', severity: 'review', cohort }))
    const done = await until(
      () => statusOf(change),
      ({ status }) => !['in-review', 'released', 'rolling'].includes(String(status)),
    )
    expect([done['status'], listOf(verdict['findings']).filter(({ severity }) => severity === 'block')]).toEqual(['completed', []])
    const host = await until(
      () => hostCalled(fleet, 'was-forced'),
      ({ state }) => state === 'forced',
    )
    expect(host).toMatchObject({ change, livepatches: [{ name: 'lp_proc_1' }], refusal: { code: 'stack-not-admitted' } })
    expect(await hostCalled(fleet, 'calm')).toMatchObject({ state: 'applied', livepatches: [{ name: 'lp_proc_2' }] })
  })
})

describe('a host whose transition stalls', () => {
  test('says which task it waits for, in which function, and since when', async () => {
    const functions = { cmdline_proc_show: { occurrences: 1, sleeps: 'uninterruptible' as const }, version_proc_show: { occurrences: 1 } }
    const kernel = simulatedKernel({ release: RELEASE, bootId: 'b', symbols: new Map(Object.entries(functions)) })
    kernel.apply({ op: 'spawn', task: { id: 'reader', object: null, function: 'cmdline_proc_show' } })
    await fleetOf('stalled', { sleepy: kernel })
    const { change } = await released('stalled')
    const host = await until(
      () => hostCalled('stalled', 'sleepy'),
      ({ transition }) => transition !== null && transition !== undefined,
    )
    expect(host).toMatchObject({
      state: 'transition-stalled',
      change,
      transition: { livepatch: 'lp_proc_2', waiting: 1, tasks: [{ name: 'reader', functions: ['vmlinux:cmdline_proc_show'] }] },
    })
    const history = await ask('show-host-history', { as: 'dave', path: { host: 'sleepy' } })
    expect(listOf(history.body['items'])[0]).toMatchObject({ state: 'transition-stalled', transition: { waiting: 1 } })
  })
})

describe('a host on which somebody else loaded a livepatch', () => {
  const OWNERS = { 'settings.json': JSON.stringify({ owners: [{ livepatch: 'lp_proc_hot*', group: 'security' }] }) }
  const CONSENT = ['foreign-livepatches']
  const personOf = async (id: string, ...groups: readonly string[]) => ({ token: await platform.issuer.token({ id, name: id, groups }) })
  /** Like a real one, which tells of no file: what the agent did not load itself is somebody else's. */
  const tellingNoFile = (kernel: Kernel): Kernel => ({
    ...kernel,
    observe: async () => {
      const observation = await kernel.observe()
      const livepatches = observation.stack.livepatches.map(entry => ({ ...entry, digest: null }))
      return { ...observation, stack: { ...observation.stack, livepatches } }
    },
  })
  type Who = NonNullable<NonNullable<Parameters<typeof ask>[1]>['as']>

  test('is moved only when a member of the group that owns it says so, by name; then it is gone', async () => {
    const edit = await ask('propose-policy-edit', { as: 'alice', body: { files: OWNERS, reason: 'security patches by itself' } })
    expect([edit.status, edit.text]).toEqual([201, edit.text])
    for (const as of ['bob', 'carol'] as const) {
      const decision = { decision: 'approve', digest: edit.body['digest'] }
      expect((await ask('decide-policy-edit', { as, path: { edit: String(edit.body['id']) }, body: decision })).status).toBe(201)
    }
    await ask('submit-patch', { as: 'alice', body: { module: fileOf('hotfix').toString('base64') } })
    await fleetOf('owned', {
      'owned-1': tellingNoFile(simulatedKernel({ release: RELEASE, bootId: 'b', preload: [manifestOf('hotfix')] })),
    })
    const { change, digest, status } = await judged('owned')
    expect(status).toBe('in-review')
    const say = (as: Who, signOff: readonly string[] = []) =>
      ask('approve-change', { as, path: { change }, body: { decision: 'approve', digest, signOff } })

    const erin = await personOf('erin', 'kernel-maintainers')
    for (const as of ['bob', erin, 'carol'] as const)
      expect((await say(as, as === 'carol' ? [] : CONSENT)).body).toMatchObject({ status: 'in-review' })
    expect(await statusOf(change)).toMatchObject({
      heldBackBy: ['owners-consent'],
      needs: [
        expect.stringMatching(
          /^the consent of the groups that own livepatches which would be wiped: security: an approval by one of them that signs off foreign-livepatches \(lp_proc_hotfix\), before 20/,
        ),
      ],
    })
    const lookalike = await personOf('eve', 'Security', 'security-team')
    expect((await say(lookalike, CONSENT)).status).toBe(403)
    expect((await say('carol', CONSENT)).body).toMatchObject({ status: 'released' })
    const done = await until(
      () => statusOf(change),
      ({ status: now }) => !['released', 'rolling'].includes(String(now)),
    )
    expect([done['status'], (await hostCalled('owned', 'owned-1'))['livepatches']]).toMatchObject(['completed', [{ name: 'lp_proc_2' }]])
  })
})

describe('everything is held', () => {
  test('as a signed order that lies where no API is needed; every host hears it, and hears that it is over', async () => {
    const [storage] = await fleetOf('listening', { listener: simulatedKernel({ release: RELEASE, bootId: 'b' }) })
    const state = async () => objectOf(await storage?.read('state'))
    const heard = async () => StopOrder.nullable().parse(objectOf((await state())['stop'])['order'] ?? null)
    expect(await heard()).toBeNull()
    const held = await ask('place-hold', { as: 'alice', body: { scope: 'everything', reason: 'hosts panic', hours: 1 } })
    expect(held.status).toBe(201)
    const served = await fetch(`${platform.url}/directives/stop.json`)
    const keys = new Map(Object.entries(objectOf((await state())['directiveKeys'])).map(([id, key]) => [id, String(key)]))
    expect(verifyStopOrder(await served.json(), { keys, last: null })).toMatchObject({ ok: true, order: { stopped: true } })
    const order = await until(heard, found => found !== null)
    expect(order).toMatchObject({ stopped: true, reason: expect.stringContaining('hosts panic') })
    const lifted = await ask('lift-hold', { as: 'alice', path: { hold: String(held.body['id']) }, body: { reason: 'mended' } })
    expect(lifted.status).toBe(200)
    expect((await until(heard, found => found?.stopped === false))?.version).toBe(Number(order?.version) + 1)
  })
})
