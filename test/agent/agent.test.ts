import { generateKeyPairSync } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import {
  type AgentState,
  enrol,
  fetchClient,
  type HttpClient,
  memoryStorage,
  type Observation,
  type RunningAgent,
  runAgent,
  type SavedMachine,
  type Storage,
  simulatedKernel,
  systemClock,
} from '../../agent/index.ts'
import { sha256 } from '../../shared/canonical/index.ts'
import type { Report } from '../../shared/fleet/index.ts'
import { type Stack, stackDigest } from '../../shared/kernel/index.ts'
import { Digest, Manifest } from '../../shared/livepatch/index.ts'
import { bucketOf, type Directive } from '../../shared/rollout/index.ts'
import { hotfix, one, RELEASE, three, two } from '../verdict/examples.ts'
import { type Ask, type ControlPlane, controlPlane, fileOf } from './control-plane.ts'

const withFile = (manifest: Manifest): Manifest => ({ ...manifest, digest: Digest.parse(sha256(fileOf(manifest))) })
const [first, second, third, patch] = [one, two, three, hotfix].map(withFile) as [Manifest, Manifest, Manifest, Manifest]

const readManifest = (bytes: Uint8Array, digest: string): Manifest =>
  Manifest.parse({ ...JSON.parse(Buffer.from(bytes).toString()), digest })

let plane: ControlPlane
const running: RunningAgent[] = []

beforeEach(async () => {
  plane = await controlPlane()
})
afterEach(async () => {
  await Promise.all(running.splice(0).map(agent => agent.stop()))
  await plane.close()
})

type HostOptions = {
  readonly preload?: readonly Manifest[]
  readonly saved?: SavedMachine
  readonly storage?: Storage
  readonly http?: HttpClient
  readonly host?: string
}

/** Enrols a simulated host, unless its storage was enrolled before, and starts its agent. */
const start = async ({ preload = [], saved, storage = memoryStorage(), http = fetchClient(), host = 'h1' }: HostOptions = {}) => {
  const kernel = simulatedKernel({ release: RELEASE, bootId: 'boot-1', preload, saved: saved ?? null })
  const identity = await enrol({ server: plane.url, fleet: plane.fleet, token: 'one-time', host, http, storage, now: Date.now() })
  return { kernel, storage, identity, http }
}

const run = async (host: Awaited<ReturnType<typeof start>>): Promise<RunningAgent> => {
  const agent = await runAgent({
    ...host,
    clock: systemClock(),
    server: plane.url,
    readManifest,
    settings: { watchSeconds: 0.01, stallSecondsMax: 0.05, explainSeconds: 0.02, heartbeatSeconds: 300 },
  })
  running.push(agent)
  return agent
}

const stackOf = async (host: Awaited<ReturnType<typeof start>>): Promise<string> => stackDigest((await host.kernel.observe()).stack)

/** A signed directive that asks the host to run `second` from the stack that it has now. */
const askFor = async (
  host: Awaited<ReturnType<typeof start>>,
  { ask, ...directive }: Partial<Omit<Directive, 'ask'>> & { readonly ask?: Ask } = {},
): Promise<Directive> => plane.directive({ ...directive, ask: { livepatch: plane.offer(second), admitted: [await stackOf(host)], ...ask } })

const livepatchesOf = async (host: Awaited<ReturnType<typeof start>>): Promise<readonly string[]> =>
  (await host.kernel.observe()).stack.livepatches.map(({ name }) => name)

describe('a host that is asked to run a livepatch', () => {
  test.each([
    ['nothing', []],
    ['an older one', [first]],
    ['an older one with a hotfix on top', [first, patch]],
  ] as const)('and runs %s loads it and proves that it is applied', async (_, preload) => {
    const host = await start({ preload })
    plane.publish(plane.signed(await askFor(host)))
    await run(host)
    const report = await plane.report(({ state }) => state === 'applied')
    expect(report).toMatchObject({ host: 'h1', fleet: 'web', change: 'c1', directiveVersion: 1, refusal: null })
    expect(report.stack.livepatches).toEqual([{ name: 'lp_2', digest: second.digest, enabled: true, transition: false }])
  })

  test('and runs it already reports so without loading', async () => {
    const host = await start({ preload: [second] })
    plane.publish(plane.signed(await askFor(host)))
    await run(host)
    expect((await plane.report(({ change }) => change === 'c1')).state).toBe('applied')
    expect(plane.requests.some(request => request.includes('/modules/'))).toBe(false)
  })

  test('reports the transition while it is open, that it has stalled, and that it ended after all', async () => {
    const host = await start()
    host.kernel.apply({
      op: 'load',
      module: { kind: 'target', name: 'driver', symbols: new Map([['f', { occurrences: 1, sleeps: 'uninterruptible' }]]) },
    })
    host.kernel.apply({ op: 'spawn', task: { id: 'reader', object: 'driver', function: 'f' } })
    const blocked = withFile({
      ...two,
      name: 'lp_b',
      objects: [{ name: 'driver', functions: [{ name: 'f', sympos: '0' }], callbacks: {} }],
    })
    plane.publish(plane.signed(await askFor(host, { ask: { livepatch: plane.offer(blocked) } })))
    await run(host)
    await plane.report(({ state }) => state === 'in-transition')
    const stalled = await plane.report(({ state }) => state === 'transition-stalled')
    expect(stalled.transition).toMatchObject({ livepatch: 'lp_b', direction: 'patching', waiting: 1, unproven: [] })
    expect(stalled.transition?.tasks).toMatchObject([{ name: 'reader', kthread: false, functions: ['driver:f'] }])
    expect(Number(stalled.transition?.at) - Number(stalled.transition?.since)).toBeGreaterThanOrEqual(50)
    host.kernel.apply({ op: 'release', name: 'driver' })
    host.kernel.apply({ op: 'wait', milliseconds: 2000 })
    await plane.report(({ state }) => state === 'applied')
    expect(plane.reports.map(({ state }) => state)).toEqual(['in-transition', 'transition-stalled', 'applied'])
    expect(plane.reports.map(({ transition }) => transition !== undefined)).toEqual([false, true, false])
  })

  test('reports anew when a stalled transition waits for others', async () => {
    const host = await start()
    const target = (name: string) => ({
      kind: 'target' as const,
      name,
      symbols: new Map([['f', { occurrences: 1, sleeps: 'uninterruptible' as const }]]),
    })
    for (const name of ['d1', 'd2']) {
      host.kernel.apply({ op: 'load', module: target(name) })
      host.kernel.apply({ op: 'spawn', task: { id: `reader of ${name}`, object: name, function: 'f' } })
    }
    const objects = ['d1', 'd2'].map(name => ({ name, functions: [{ name: 'f', sympos: '0' }], callbacks: {} }))
    plane.publish(plane.signed(await askFor(host, { ask: { livepatch: plane.offer(withFile({ ...two, name: 'lp_b', objects })) } })))
    await run(host)
    await plane.report(({ transition }) => transition?.waiting === 2)
    host.kernel.apply({ op: 'release', name: 'd1' })
    host.kernel.apply({ op: 'wait', milliseconds: 2000 })
    const later = await plane.report(({ transition }) => transition?.waiting === 1)
    expect(later.transition?.tasks.map(({ name }) => name)).toEqual(['reader of d2'])
  })

  describe('forces a stalled transition', () => {
    const stalledHost = async (host?: string) => {
      const stuck = await start(host === undefined ? {} : { host })
      stuck.kernel.apply({
        op: 'load',
        module: { kind: 'target', name: 'driver', symbols: new Map([['f', { occurrences: 1, sleeps: 'uninterruptible' }]]) },
      })
      stuck.kernel.apply({ op: 'spawn', task: { id: 'reader', object: 'driver', function: 'f' } })
      const objects = [{ name: 'driver', functions: [{ name: 'f', sympos: '0' }], callbacks: {} }]
      plane.publish(plane.signed(await askFor(stuck, { ask: { livepatch: plane.offer(withFile({ ...two, name: 'lp_b', objects })) } })))
      await run(stuck)
      return { stuck, told: await plane.report(({ state }) => state === 'transition-stalled') }
    }

    test('once its author has cleared it, says so with the clearance, and takes part in nothing more', async () => {
      const { stuck, told } = await stalledHost()
      expect(stuck.kernel.machine().forced).toBe(false)
      plane.clear(told)
      await plane.report(({ stack }) => stack.forced)
      stuck.kernel.apply({ op: 'wait', milliseconds: 2000 })
      const forced = await plane.report(({ state }) => state === 'forced')
      expect(forced).toMatchObject({ clearance: 'clearance-1', change: 'c1', stack: { forced: true } })
      expect(stuck.kernel.machine().forced).toBe(true)
      const next = await askFor(stuck, { version: 2, ask: { change: 'c2', livepatch: plane.offer(third) } })
      plane.publish(plane.signed(next))
      const later = await plane.report(({ change }) => change === 'c2')
      expect(later).toMatchObject({ state: 'forced', refusal: { code: 'stack-not-admitted' } })
    })

    type Bent = readonly [sentence: string, clear: (told: Report) => void]
    const bent: readonly Bent[] = [
      ['another host', told => plane.clear(told, { host: 'h2' })],
      ['another fleet', told => plane.clear(told, { fleet: 'edge' })],
      ['another change', told => plane.clear(told, { change: 'c0' })],
      ['another livepatch', told => plane.clear(told, { livepatch: 'lp_2' })],
      ['an earlier boot', told => plane.clear(told, { bootId: 'boot-0' })],
      ['an earlier transition', told => plane.clear(told, { since: 1 })],
      ['a time that is over', told => plane.clear(told, { expiresAt: Date.now() - 1 })],
      ['another key', told => plane.clear(told, {}, generateKeyPairSync('ed25519').privateKey)],
    ]
    test.each(bent)('and not by a clearance of %s', async (_, clear) => {
      const { stuck, told } = await stalledHost()
      clear(told)
      await plane.requested(plane.requests.filter(request => request.includes('/clearance')).length + 3, '/clearance')
      expect(stuck.kernel.machine().forced).toBe(false)
      expect(plane.reports.some(({ state }) => state === 'forced')).toBe(false)
    })

    test('and not while everything is stopped', async () => {
      const { stuck, told } = await stalledHost()
      plane.publishStop(plane.signedStop())
      await plane.requested(plane.requests.filter(request => request.includes('stop.json')).length + 2, 'stop.json')
      plane.clear(told)
      await plane.requested(plane.requests.filter(request => request.includes('/clearance')).length + 3, '/clearance')
      expect(stuck.kernel.machine().forced).toBe(false)
    })
  })

  test('that cannot tell whom it waits for says that it has stalled all the same', async () => {
    const host = await start()
    plane.publish(plane.signed(await askFor(host)))
    const observe = async () => ({ ...(await host.kernel.observe()), unhooked: { lp_2: ['vmlinux:g'] } })
    await run({ ...host, kernel: { ...host.kernel, observe, explain: async () => Promise.reject(new Error('not allowed')) } })
    const report = await plane.report(({ state }) => state === 'transition-stalled')
    expect(report.transition).toMatchObject({ livepatch: 'lp_2', waiting: null, tasks: [], unproven: ['vmlinux:g'] })
  })

  test('does not call applied what is not proven: a function that ftrace does not divert, an object that is not patched', async () => {
    const host = await start()
    plane.publish(plane.signed(await askFor(host)))
    let flaw: Partial<Observation> = { unhooked: { lp_2: ['vmlinux:g'] } }
    const kernel = { ...host.kernel, observe: async () => ({ ...(await host.kernel.observe()), ...flaw }) }
    await run({ ...host, kernel })
    await plane.report(({ state }) => state === 'transition-stalled')
    flaw = { patched: { lp_2: { vmlinux: false } } }
    await plane.requested(plane.requests.length + 5, '')
    flaw = {}
    await plane.report(({ state }) => state === 'applied')
    expect([...new Set(plane.reports.map(({ state }) => state))]).toEqual(['in-transition', 'transition-stalled', 'applied'])
  })

  test('reports each state once, and polls by one request', async () => {
    const host = await start()
    plane.publish(plane.signed(await askFor(host)), '"1"')
    await run(host)
    await plane.requested(10, '/directive')
    expect(plane.reports).toHaveLength(1)
    expect(plane.requests.filter(request => !request.endsWith('/directive') && !request.endsWith('/stop.json'))).toEqual([
      'POST /fleets/web/hosts',
      `GET /modules/${second.digest}.ko`,
      'POST /fleets/web/reports',
    ])
  })

  test('removes what is left of an earlier load of it before it loads it again', async () => {
    const host = await start({ preload: [first, second] })
    const digest = await stackOf(host)
    plane.publish(plane.signed(plane.directive({ ask: { livepatch: plane.offer(first), admitted: [digest] } })))
    await run(host)
    await plane.report(({ state }) => state === 'applied')
    expect(await livepatchesOf(host)).toEqual(['lp_1'])
  })
})

describe('a host stays as it is', () => {
  const asked: readonly (readonly [string, (host: Awaited<ReturnType<typeof start>>) => Promise<Directive>])[] = [
    ['while its bucket is not open', host => askFor(host, { ask: { share: bucketOf('h1') } })],
    ['while the fleet is stopped', host => askFor(host, { stopped: true })],
    ['while nothing is asked', async () => plane.directive({ ask: null })],
  ]
  test.each(asked)('%s', async (_, directive) => {
    const host = await start({ preload: [first] })
    plane.publish(plane.signed(await directive(host)))
    await run(host)
    await plane.requested(5, '/directive')
    expect(plane.reports.map(({ state, change, refusal }) => [state, change, refusal])).toEqual([['unapplied', null, null]])
    expect(await livepatchesOf(host)).toEqual(['lp_1'])
  })

  test('while the control plane is gone, and goes on when it is back', async () => {
    const host = await start({ preload: [first] })
    plane.publish(plane.signed(await askFor(host)))
    plane.setDown(true)
    await run(host)
    await plane.requested(3, '/directive')
    expect(await livepatchesOf(host)).toEqual(['lp_1'])
    plane.setDown(false)
    await plane.report(({ state }) => state === 'applied')
  })
})

describe('while a stop order is in force', () => {
  const intruder = generateKeyPairSync('ed25519').privateKey

  test('nothing is loaded, and the host says why; a newer order lifts it', async () => {
    const host = await start({ preload: [first] })
    plane.publishStop(plane.signedStop())
    plane.publish(plane.signed(await askFor(host)))
    await run(host)
    const report = await plane.report(() => true)
    expect(report).toMatchObject({ state: 'unapplied', change: null, refusal: { code: 'stopped' } })
    expect(report.refusal?.detail).toContain('hosts panic')
    expect(await livepatchesOf(host)).toEqual(['lp_1'])
    plane.publishStop(plane.signedStop({ version: 2, stopped: false }))
    expect(await plane.report(({ state }) => state === 'applied')).toMatchObject({ refusal: null })
  })

  test('a host says so, too, that runs what an earlier change asked for', async () => {
    const host = await start()
    plane.publish(plane.signed(await askFor(host, { ask: { livepatch: plane.offer(first) } })))
    await run(host)
    await plane.report(({ state }) => state === 'applied')
    plane.publishStop(plane.signedStop())
    plane.publish(plane.signed(await askFor(host, { version: 2, ask: { change: 'c2' } })))
    expect(await plane.report(({ refusal }) => refusal !== null)).toMatchObject({
      state: 'applied',
      change: 'c1',
      refusal: { code: 'stopped' },
    })
    plane.publishStop(plane.signedStop({ version: 2, stopped: false }))
    expect(await plane.report(({ change }) => change === 'c2')).toMatchObject({ state: 'applied', refusal: null })
  })

  test('it is heard while the API is down, and holds what was asked for before', async () => {
    const host = await start({ preload: [first] })
    plane.publish(plane.signed(await askFor(host)))
    plane.withdraw()
    await run(host)
    await plane.report(({ state }) => state === 'pending')
    plane.setDown(true)
    plane.publishStop(plane.signedStop())
    await plane.requested(plane.requests.filter(request => request.includes('/stop.json')).length + 2, '/stop.json')
    plane.setDown(false)
    plane.offer(second)
    await plane.report(({ refusal }) => refusal?.code === 'stopped')
    expect(await livepatchesOf(host)).toEqual(['lp_1'])
  })

  test('it still is after a restart, and where somebody withholds it', async () => {
    const host = await start({ preload: [first] })
    plane.publishStop(plane.signedStop())
    const agent = await run(host)
    await plane.report(() => true)
    await agent.stop()
    plane.publishStop(null)
    plane.publish(plane.signed(await askFor(host)))
    await run(host)
    await plane.report(({ refusal }) => refusal?.code === 'stopped')
    expect(await livepatchesOf(host)).toEqual(['lp_1'])
  })

  const disbelieved: readonly (readonly [string, string, () => unknown])[] = [
    ['signed by another key', 'bad-signature', () => plane.signedStop({}, intruder)],
    ['changed after it was signed', 'bad-signature', () => ({ ...plane.signedStop(), order: { ...plane.signedStop().order, version: 9 } })],
    ['that is none', 'malformed-directive', () => ({ stopped: true })],
  ]
  test.each(disbelieved)('one %s stops nobody, and is reported', async (_, code, order) => {
    const host = await start({ preload: [first] })
    plane.publishStop(order())
    plane.publish(plane.signed(await askFor(host)))
    await run(host)
    const report = await plane.report(({ state }) => state === 'applied')
    expect(report.refusal).toMatchObject({ code })
    plane.publishStop(null)
    await plane.report(({ state, refusal }) => state === 'applied' && refusal === null)
  })

  test.each([
    ['that has expired', () => plane.signedStop({ expiresAt: Date.now() - 1 })],
    ['that lifts one', () => plane.signedStop({ stopped: false })],
  ] as const)('one %s stops nobody', async (_, order) => {
    const host = await start({ preload: [first] })
    plane.publishStop(order())
    plane.publish(plane.signed(await askFor(host)))
    await run(host)
    expect((await plane.report(({ state }) => state === 'applied')).refusal).toBeNull()
  })

  test('an older one does not lift it', async () => {
    const host = await start({ preload: [first] })
    plane.publishStop(plane.signedStop({ version: 2 }))
    plane.publish(plane.signed(await askFor(host)))
    await run(host)
    await plane.report(({ refusal }) => refusal?.code === 'stopped')
    plane.publishStop(plane.signedStop({ version: 1, stopped: false }))
    await plane.report(({ refusal }) => refusal?.code === 'older-directive')
    expect(await livepatchesOf(host)).toEqual(['lp_1'])
  })
})

describe('a host refuses, and says so in its signed report,', () => {
  const other = generateKeyPairSync('ed25519').privateKey
  type Host = Awaited<ReturnType<typeof start>>
  const documents: readonly (readonly [string, string, (host: Host) => Promise<unknown>])[] = [
    [
      'a directive that was changed after it was signed',
      'bad-signature',
      async host => {
        const signed = plane.signed(await askFor(host, { ask: { share: 1 } }))
        return { ...signed, directive: { ...signed.directive, ask: { ...signed.directive.ask, share: 10_000 } } }
      },
    ],
    ['a directive signed by another key', 'bad-signature', async host => plane.signed(await askFor(host), other)],
    [
      'a directive under a key that it does not trust',
      'bad-signature',
      async host => ({ ...plane.signed(await askFor(host)), keyId: 'k2' }),
    ],
    ['an expired directive', 'expired-directive', async host => plane.signed(await askFor(host, { expiresAt: Date.now() - 1 }))],
    ['a directive for another fleet', 'wrong-fleet', async host => plane.signed(await askFor(host, { fleet: 'db' }))],
    ['what is no directive', 'malformed-directive', async () => ({ hello: 'world' })],
  ]
  test.each(documents)('%s', async (_, code, document) => {
    const host = await start({ preload: [first] })
    plane.publish(await document(host))
    await run(host)
    const report = await plane.report(({ refusal }) => refusal !== null)
    expect(report).toMatchObject({ state: 'unapplied', change: null, refusal: { code } })
    expect(await livepatchesOf(host)).toEqual(['lp_1'])
  })

  test('an older directive than one that it accepted, even after a restart', async () => {
    const host = await start({ preload: [first] })
    plane.publish(plane.signed(plane.directive({ version: 7, ask: null })))
    const agent = await run(host)
    await plane.report(({ directiveVersion }) => directiveVersion === 7)
    await agent.stop()
    plane.publish(plane.signed(await askFor(host, { version: 6 })))
    await run(host)
    const report = await plane.report(({ refusal }) => refusal !== null)
    expect(report).toMatchObject({ refusal: { code: 'older-directive' }, directiveVersion: 7 })
    expect(await livepatchesOf(host)).toEqual(['lp_1'])
  })

  test('another directive under a version that it accepted', async () => {
    const host = await start({ preload: [first] })
    plane.publish(plane.signed(plane.directive({ version: 7, ask: null })))
    await run(host)
    await plane.report(() => true)
    plane.publish(plane.signed(await askFor(host, { version: 7 })))
    expect((await plane.report(({ refusal }) => refusal !== null)).refusal?.code).toBe('older-directive')
  })

  const files: readonly (readonly [string, Uint8Array])[] = [
    ['whose bytes are not those that were approved', Buffer.concat([fileOf(second).subarray(1), Buffer.from('x')])],
    ['that is longer than was approved', Buffer.concat([fileOf(second), Buffer.alloc(1 << 20)])],
    ['that is cut short', fileOf(second).subarray(0, 20)],
  ]
  test.each(files)('a module %s', async (_, bytes) => {
    const host = await start()
    plane.publish(plane.signed(await askFor(host)))
    plane.offer(second, bytes)
    await run(host)
    const report = await plane.report(({ refusal }) => refusal !== null)
    expect(report).toMatchObject({ state: 'apply-failed', change: 'c1', refusal: { code: 'digest-mismatch' } })
    expect(await livepatchesOf(host)).toEqual([])
  })

  test('a stack that the verdict did not cover', async () => {
    const host = await start({ preload: [first, patch] })
    plane.publish(plane.signed(await askFor(host, { ask: { admitted: ['0'.repeat(64)] } })))
    await run(host)
    const report = await plane.report(({ refusal }) => refusal !== null)
    expect(report).toMatchObject({ state: 'quarantined', refusal: { code: 'stack-not-admitted' } })
    expect(plane.requests.some(request => request.includes('/modules/'))).toBe(false)
  })

  test('a load that the simulated kernel refuses on its live stack, whatever the verdict said', async () => {
    const host = await start({ preload: [third] })
    plane.publish(plane.signed(await askFor(host)))
    await run(host)
    const report = await plane.report(({ refusal }) => refusal !== null)
    expect(report).toMatchObject({ state: 'quarantined', refusal: { code: 'verdict-differs' } })
    expect(report.refusal?.detail).toContain('EINVAL')
    expect(await livepatchesOf(host)).toEqual(['lp_3'])
  })

  test('to go on after a transition was forced', async () => {
    const host = await start({ preload: [first] })
    const saved = host.kernel.save()
    const forced = await start({ saved: { ...saved, stack: { ...saved.stack, forced: true } }, storage: host.storage })
    plane.publish(plane.signed(await askFor(forced)))
    await run(forced)
    expect(await plane.report(({ refusal }) => refusal !== null)).toMatchObject({
      state: 'forced',
      refusal: { code: 'stack-not-admitted' },
    })
  })
})

describe('a host that somebody has begun to trace', () => {
  const tracer = { object: null, function: 'elsewhere', kind: 'kprobe' as const, exclusive: false }
  const patched = { ...tracer, function: second.objects[0]?.functions[0]?.name ?? '' }
  const on = (tracers: NonNullable<Stack['tracing']>['tracers']) => ({ ftraceEnabled: true, tracers })

  /** A host whose stack has tracing added that the verdict did not know of, which had covered it with `before`. */
  const asked = async (before: Stack['tracing'], now: Stack['tracing']) => {
    const plain = await start({ preload: [first] })
    const saved = plain.kernel.save()
    const { tracing: _, ...stack } = saved.stack
    const traced = { ...saved, stack: { ...stack, ...(now && { tracing: now }) } }
    const host = { ...plain, kernel: simulatedKernel({ release: RELEASE, bootId: '', saved: traced }) }
    plane.publish(plane.signed(await askFor(host, { ask: { admitted: [stackDigest({ ...stack, ...(before && { tracing: before }) })] } })))
    await run(host)
    return plane.report(({ state }) => ['applied', 'quarantined'].includes(state))
  }

  test.each([
    ['elsewhere', on([]), on([tracer])],
    ['elsewhere, where nothing was said of tracing before', undefined, on([tracer])],
    ['elsewhere no more', on([]), on([])],
    ['and that may not look', undefined, on(null)],
    [
      'in what is patched, as the verdict knew',
      on([patched]),
      on([patched, tracer].toSorted((a, b) => (a.function < b.function ? -1 : 1))),
    ],
  ])('%s goes on', async (_, before, now) => {
    expect((await asked(before, now)).state).toBe('applied')
  })

  test.each([
    ['in what is patched', on([]), on([patched])],
    ['in what is patched, where nothing was said of tracing before', undefined, on([patched])],
    ['nothing, because ftrace was switched off', on([]), { ftraceEnabled: false, tracers: [] }],
  ])('%s stays out: the verdict did not cover that', async (_, before, now) => {
    expect(await asked(before, now)).toMatchObject({ state: 'quarantined', refusal: { code: 'stack-not-admitted' } })
  })
})

describe('a host on which a transition was forced', () => {
  const forcedHost = async () => {
    const host = await start({ preload: [first] })
    const { stack, ...saved } = host.kernel.save()
    return start({ saved: { ...saved, stack: { ...stack, forced: true } }, storage: host.storage })
  }

  test('unloads no module any more, although what it is asked for lies in the way', async () => {
    const host = await forcedHost()
    const removed: string[] = []
    const remove = async (name: string) => {
      removed.push(name)
      return host.kernel.remove(name)
    }
    const kernel = { ...host.kernel, remove }
    plane.publish(plane.signed(await askFor(host)))
    await run({ ...host, kernel })
    await plane.report(({ state }) => state === 'forced')
    await plane.requested(6, '/directive')
    expect([await livepatchesOf(host), removed]).toEqual([['lp_1'], []])
  })

  test('stays so where nothing shows it any more and the agent was restarted, and is free again after a reboot', async () => {
    const host = await forcedHost()
    plane.publish(plane.signed(await askFor(host)))
    const agent = await run(host)
    await plane.report(({ state }) => state === 'forced')
    await agent.stop()
    const { stack, ...saved } = host.kernel.save()
    const again = (over: Partial<SavedMachine>) =>
      run({ ...host, kernel: simulatedKernel({ release: RELEASE, bootId: '', saved: { ...saved, stack: clean, ...over } }) })
    const clean = { ...stack, forced: false }
    plane.publish(plane.signed(await askFor(host, { version: 2, ask: { admitted: [stackDigest(clean)] } })))
    const forgetful = await again({})
    await plane.requested(plane.requests.filter(request => request.endsWith('/directive')).length + 3, '/directive')
    expect(plane.reports.map(({ state, stack: told }) => [state, told.forced])).toEqual([['forced', true]])
    await forgetful.stop()
    await again({ bootId: 'boot-2' })
    expect((await plane.report(({ state }) => state === 'applied')).bootId).toBe('boot-2')
  })
})

describe('what fails', () => {
  test('a download is tried again with each poll, and succeeds once the file is there', async () => {
    const host = await start()
    plane.publish(plane.signed(await askFor(host)))
    plane.withdraw()
    await run(host)
    expect(await plane.report(({ refusal }) => refusal !== null)).toMatchObject({ state: 'pending', refusal: { code: 'download-failed' } })
    plane.offer(second)
    expect(await plane.report(({ state }) => state === 'applied')).toMatchObject({ refusal: null })
  })

  test('a download that never succeeds is given up, until a newer directive asks again', async () => {
    const host = await start()
    plane.publish(plane.signed(await askFor(host)))
    plane.withdraw()
    await run(host)
    await plane.report(({ state }) => state === 'apply-failed')
    const tried = plane.requests.filter(request => request.includes('/modules/')).length
    expect(tried).toBe(5)
    plane.publish(plane.signed(await askFor(host, { version: 2 })))
    await plane.report(({ state }) => state === 'applied')
  })

  test('a load that the kernel refuses is reported with the errno, and not tried again', async () => {
    const host = await start()
    plane.publish(plane.signed(await askFor(host)))
    const kernel = { ...host.kernel, load: async () => ({ result: 'EINVAL', detail: 'livepatch: symbol not found' }) }
    await run({ ...host, kernel })
    const report = await plane.report(({ refusal }) => refusal !== null)
    expect(report).toMatchObject({
      state: 'apply-failed',
      refusal: { code: 'kernel-refused', detail: 'EINVAL: livepatch: symbol not found' },
    })
    await plane.requested(12, '/directive')
    expect(plane.reports).toHaveLength(1)
  })
})

describe('a restart', () => {
  test('goes on with the accepted directive, a growing report number and the kept module', async () => {
    const host = await start({ preload: [first] })
    plane.publish(plane.signed(await askFor(host)))
    const agent = await run(host)
    const before = await plane.report(({ state }) => state === 'applied')
    await agent.stop()
    const after = {
      ...host,
      kernel: simulatedKernel({ release: RELEASE, bootId: 'boot-2', saved: { ...host.kernel.save(), bootId: 'boot-2' } }),
    }
    await run(after)
    const again = await plane.report(({ bootId }) => bootId === 'boot-2')
    expect(again).toMatchObject({ state: 'applied', change: 'c1', directiveVersion: 1 })
    expect(again.sequence).toBeGreaterThan(before.sequence)
    expect(plane.requests.filter(request => request.includes('/modules/'))).toHaveLength(1)
  })

  test('after a lost machine loads again, as after a reboot', async () => {
    const host = await start()
    plane.publish(plane.signed(await askFor(host)))
    const agent = await run(host)
    await plane.report(({ state }) => state === 'applied')
    await agent.stop()
    await run({ ...host, kernel: simulatedKernel({ release: RELEASE, bootId: 'boot-2' }) })
    expect(await plane.report(({ bootId, state }) => bootId === 'boot-2' && state === 'applied')).toMatchObject({ change: 'c1' })
  })

  test('keeps nothing of a report that did not arrive, but its number', async () => {
    const host = await start()
    plane.publish(plane.signed(await askFor(host)))
    const lost: HttpClient = { ...host.http, post: async () => Promise.reject(new Error('no way')) }
    const agent = await run({ ...host, http: lost })
    await plane.requested(4, '/directive')
    await agent.stop()
    const state = (await host.storage.read('state')) as AgentState
    expect(state.reported).toBeNull()
    await run(host)
    expect((await plane.report(({ state: is }) => is === 'applied')).sequence).toBeGreaterThan(state.sequence)
  })
})
