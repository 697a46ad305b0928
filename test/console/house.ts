import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startFleet } from '../../demo/fleet.ts'
import { issueTokens } from '../end-to-end/hosts.ts'
import { type OnePlatform, openOnePlatform, until } from '../end-to-end/one-platform.ts'
import { root } from '../infra/assembly.ts'

const FLEET = 'edge'
const HOSTS = [
  { id: 'edge-1', livepatches: [] },
  { id: 'edge-2', livepatches: ['lp_proc_1'] },
  { id: 'edge-3', livepatches: ['lp_proc_1', 'lp_proc_hotfix'] },
]
const file = (name: string): string => join(root, 'examples/livepatches', `${name}.ko`)

export type House = {
  readonly platform: OnePlatform
  /** Submits an example and returns its digest. */
  readonly submit: (name: string) => Promise<string>
  /** Proposes as alice and returns the change's id, once it can be decided on. */
  readonly propose: (livepatch: string, reason: string, more?: object) => Promise<string>
  readonly close: () => Promise<void>
}

/** A platform with a fleet of three simulated hosts, one of each cohort of the demonstration. */
export const openHouse = async (): Promise<House> => {
  const platform = await openOnePlatform()
  const { ask, url } = platform
  const folder = mkdtempSync(join(tmpdir(), 'supersede-hosts-'))
  await ask('create-fleet', { as: 'alice', body: { id: FLEET, pollSeconds: 0.3 } })
  const fleet = await startFleet({
    url,
    folder,
    fleet: FLEET,
    release: '6.1.0-50-amd64',
    hosts: HOSTS,
    files: { lp_proc_1: file('lp_proc_1'), lp_proc_hotfix: file('lp_proc_hotfix') },
    issueTokens: count => issueTokens(platform, FLEET, count),
  })
  const statusOf = async (change: string) => (await ask('show-change', { as: 'dave', path: { change } })).body['status']
  const cohorts = async () => (await ask('show-fleet', { as: 'dave', path: { fleet: FLEET } })).body['cohorts']
  return {
    platform,
    submit: async name => {
      const { body } = await ask('submit-patch', { as: 'alice', body: { module: readFileSync(file(name)).toString('base64') } })
      return String(body['digest'])
    },
    propose: async (livepatch, reason, more = {}) => {
      await until(cohorts, seen => Array.isArray(seen) && seen.length === HOSTS.length)
      const plan = { soakSeconds: 0, pollSeconds: 0.3 }
      const { body } = await ask('propose-change', { as: 'alice', body: { fleet: FLEET, livepatch, reason, plan, ...more } })
      const change = String(body['id'])
      await until(
        () => statusOf(change),
        status => status !== 'proposed',
      )
      return change
    },
    close: async () => {
      await fleet.stop()
      await platform.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
