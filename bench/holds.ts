import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { asking } from './asking.ts'
import type { Figure } from './figure.ts'
import { startPlatform } from './running-platform.ts'

const FLEETS = 20
/** The waves have no hosts, so each soaks for as long as the measurement takes. */
const PLAN = { waves: [{ share: 5_000 }, { share: 10_000 }], soakSeconds: 3_600 }

const stoppedOf = (fleet: Readonly<Record<string, unknown>>): unknown => {
  const { directive } = fleet
  return typeof directive === 'object' && directive !== null && 'stopped' in directive ? directive.stopped : null
}

/** From the request that stops everything to its answer, by when every fleet's directive says stop. */
export const holdFigures = async (root: string, assembly: string): Promise<readonly Figure[]> => {
  const data = mkdtempSync(join(tmpdir(), 'supersede-bench-'))
  const platform = await startPlatform(root, assembly, data)
  const ask = asking(platform)
  const [alice = '', bob = '', carol = ''] = await Promise.all(['alice', 'reviewer-0', 'carol'].map(platform.tokenOf))
  const module = readFileSync(join(root, 'examples/livepatches/lp_proc_2.ko')).toString('base64')
  const { digest: livepatch } = await ask('submit-patch', { token: alice, body: { module } })
  const fleets = Array.from({ length: FLEETS }, (_, index) => `fleet-${index}`)
  const until = async (change: string, status: string) => {
    for (;;) {
      const shown = await ask('show-change', { token: alice, path: { change } })
      if (shown['status'] === status) return shown
    }
  }
  for (const fleet of fleets) {
    await ask('create-fleet', { token: alice, body: { id: fleet } })
    const { id } = await ask('propose-change', { token: alice, body: { fleet, livepatch, plan: PLAN, reason: 'measured' } })
    const path = { change: String(id) }
    const { digest } = await until(path.change, 'in-review')
    for (const token of [bob, carol]) await ask('approve-change', { token, path, body: { decision: 'approve', digest } })
    await until(path.change, 'rolling')
  }
  const rolling = await Promise.all(fleets.map(fleet => ask('show-fleet', { token: alice, path: { fleet } })))
  const asked = performance.now()
  const before = await platform.cpuSeconds()
  const { halted } = await ask('place-hold', { token: bob, body: { scope: 'everything', reason: 'measured' } })
  const seconds = (performance.now() - asked) / 1_000
  const cpu = (await platform.cpuSeconds()) - before
  const stopped = await Promise.all(fleets.map(fleet => ask('show-fleet', { token: alice, path: { fleet } })))
  await platform.kill()
  rmSync(data, { recursive: true })
  const going = rolling.filter(fleet => stoppedOf(fleet) === false).length
  if (going !== FLEETS || !Array.isArray(halted)) throw new Error(`only ${going} of ${FLEETS} fleets were rolling`)
  return [
    { name: `stop everything: ${FLEETS} rolling fleets, to the answer`, value: seconds, unit: 's', target: 5, wanted: 'at most' },
    { name: 'the same, for each fleet', value: (cpu * 1_000) / FLEETS, unit: 'ms CPU', target: 100, wanted: 'at most' },
    {
      name: 'fleets whose directive does not say stop by then',
      value: FLEETS - stopped.filter(fleet => stoppedOf(fleet) === true).length,
      unit: 'fleets',
      target: 0,
      wanted: 'at most',
    },
  ]
}
