import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { readManifest, simulatedKernel } from '../../agent/index.ts'
import { sha256 } from '../../shared/canonical/index.ts'
import { Report } from '../../shared/fleet/index.ts'
import { type Stack, stackDigest } from '../../shared/kernel/index.ts'
import type { Manifest } from '../../shared/livepatch/index.ts'

/** What the agent reported as a process on a real Linux 6.1 (test/oracle/live-agent.sh), asked for one livepatch after the other. */
const reports = readFileSync(new URL('../data/agent/live-6.1.jsonl', import.meta.url), 'utf8')
  .split('\n')
  .filter(line => line !== '')
  .map(line => Report.parse(JSON.parse(line)))

const RELEASE = '6.1.0-50-amd64'
const livepatch = (name: string): Manifest => {
  const bytes = readFileSync(new URL(`../../examples/livepatches/${name}.ko`, import.meta.url))
  const manifest = readManifest(bytes, sha256(bytes), name)
  if (!manifest) throw new Error(`${name}.ko cannot be read`)
  return manifest
}

test('on a live kernel the agent loads, proves, sees a probe that somebody sets, replaces, stops and goes on', () => {
  const probe = { object: null, function: 'uptime_proc_show', kind: 'kprobe', exclusive: false }
  const told = ({ state, change, refusal, stack }: Report) => ({
    state,
    change,
    refusal: refusal?.code ?? null,
    livepatches: stack.livepatches.map(({ name, enabled, transition }) => [name, enabled, transition]),
    resident: stack.resident.map(({ name, refcnt }) => [name, refcnt]),
    tracers: stack.tracing?.tracers,
  })
  const at = (name: string) => [[name, true, false]]
  expect(reports.map(told)).toEqual([
    { state: 'unapplied', change: null, refusal: null, livepatches: [], resident: [], tracers: [] },
    { state: 'applied', change: 'c1', refusal: null, livepatches: at('lp_proc_1'), resident: [], tracers: [] },
    { state: 'applied', change: 'c1', refusal: null, livepatches: at('lp_proc_1'), resident: [], tracers: [probe] },
    { state: 'applied', change: 'c2', refusal: null, livepatches: at('lp_proc_2'), resident: [['lp_proc_1', 0]], tracers: [probe] },
    { state: 'applied', change: 'c2', refusal: 'stopped', livepatches: at('lp_proc_2'), resident: [['lp_proc_1', 0]], tracers: [probe] },
    {
      state: 'applied',
      change: 'c3',
      refusal: null,
      livepatches: at('lp_proc_3'),
      resident: [
        ['lp_proc_1', 0],
        ['lp_proc_2', 0],
      ],
      tracers: [probe],
    },
    { state: 'applied', change: 'c4', refusal: null, livepatches: at('lp_proc_1'), resident: [['lp_proc_2', 0]], tracers: [probe] },
  ])
})

test('on a live kernel it disables the newest, removes it, loads the oldest, and says how long the host was between', () => {
  const { stack, between } = reports.at(-1) ?? {}
  expect(stack?.forced).toBe(false)
  expect(between).toMatchObject({ disables: ['lp_proc_3'] })
  expect(Number(between?.until) - Number(between?.since)).toBeGreaterThan(0)
})

test('its stacks have the digests that a simulated machine with the same past has', async () => {
  const simulated = async (names: readonly string[], tracing: Stack['tracing']) => {
    const kernel = simulatedKernel({ release: RELEASE, bootId: 'b', preload: names.map(livepatch), ...(tracing && { tracing }) })
    return stackDigest((await kernel.observe()).stack)
  }
  const pasts = [
    [],
    ['lp_proc_1'],
    ['lp_proc_1'],
    ['lp_proc_1', 'lp_proc_2'],
    ['lp_proc_1', 'lp_proc_2'],
    ['lp_proc_1', 'lp_proc_2', 'lp_proc_3'],
    ['lp_proc_2', 'lp_proc_1'],
  ]
  const digests = await Promise.all(pasts.map((past, index) => simulated(past, reports[index]?.stack.tracing)))
  expect(reports.map(({ stack }) => stackDigest(stack))).toEqual(digests)
})
