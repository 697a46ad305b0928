import { readFileSync, writeFileSync } from 'node:fs'
import { enrol, fetchClient, linuxKernel, memoryStorage, runAgent, systemClock } from '../../agent/index.ts'
import type { Report } from '../../shared/fleet/index.ts'
import { stackDigest } from '../../shared/kernel/index.ts'
import type { Route } from '../../shared/rollout/index.ts'
import { controlPlane } from '../agent/control-plane.ts'

/*
 * The agent as a process on a real kernel: bundled into one file, this runs as root in a virtual machine that test/oracle/live-agent.sh
 * builds (Linux 6.1.0-50-amd64, its init, busybox, Node, the modules of examples/livepatches). It takes the part of the control plane,
 * asks for one livepatch after the other, and prints what the agent reports, one JSON line each.
 */

const say = (what: object): void => console.log(`@@ ${JSON.stringify(what)}`)

const TRACING = '/sys/kernel/debug/tracing'

const main = async (): Promise<void> => {
  const plane = await controlPlane()
  const [kernel, storage, http] = [linuxKernel({ insmod: '/bin/insmod', rmmod: '/bin/rmmod' }), memoryStorage(), fetchClient()]
  const identity = await enrol({ server: plane.url, fleet: plane.fleet, token: 'one-time', host: 'live', http, storage, now: Date.now() })
  // The agent's own storage keeps module files in memory; insmod wants them on disk.
  const onDisk = {
    ...storage,
    module: async (digest: string) => {
      const kept = await storage.module(digest)
      if (kept) writeFileSync(`/tmp/${digest}.ko`, kept.bytes)
      return kept && { bytes: kept.bytes, path: `/tmp/${digest}.ko` }
    },
  }
  const settings = { watchSeconds: 0.5, stallSecondsMax: 20, explainSeconds: 5 }
  const agent = await runAgent({
    kernel,
    http,
    clock: systemClock(),
    identity,
    storage: onDisk,
    server: plane.url,
    settings,
    firstPoll: 'at-once',
  })
  let version = 0
  const publish = async (name: string, route: Route = 'replace'): Promise<void> => {
    const bytes = readFileSync(`/m/${name}.ko`)
    const { stack } = await kernel.observe()
    const admitted = [stackDigest(plane.reports.at(-1)?.stack ?? stack)]
    version += 1
    plane.publish(
      plane.signed(plane.directive({ version, ask: { change: `c${version}`, livepatch: plane.offerFile(name, bytes), admitted, route } })),
    )
  }
  const outcome = (): Promise<Report> =>
    plane.report(({ change, state }) => change === `c${version}` && !['pending', 'in-transition', 'between'].includes(state))
  say(await plane.report(() => true))
  await publish('lp_proc_1')
  say(await outcome())
  for (let offset = 5; offset < 32; offset += 1) {
    try {
      writeFileSync(`${TRACING}/kprobe_events`, `p:body uptime_proc_show+${offset}`)
      writeFileSync(`${TRACING}/events/kprobes/enable`, '1')
      break
    } catch {
      // No instruction begins there.
    }
  }
  say(await plane.report(({ stack }) => (stack.tracing?.tracers ?? []).length > 0))
  await publish('lp_proc_2')
  say(await outcome())
  plane.publishStop(plane.signedStop())
  await plane.requested(plane.requests.filter(request => request.includes('stop.json')).length + 2, 'stop.json')
  await publish('lp_proc_3')
  say(await plane.report(({ refusal }) => refusal?.code === 'stopped'))
  plane.publishStop(plane.signedStop({ version: 2, stopped: false }))
  say(await outcome())
  // Back to the first, past callbacks that a replace would skip; its module is still in memory from before, and makes way.
  await publish('lp_proc_1', 'disable-then-load')
  say(await outcome())
  await agent.stop()
  await plane.close()
}

main().catch((error: unknown) => say({ failed: String(error), stack: error instanceof Error ? error.stack : null }))
