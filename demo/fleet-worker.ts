// The demonstration's fleet, in a thread of its own: 40 hosts, each the real agent with the simulation core as its kernel.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import {
  enrol,
  enrolledIdentity,
  fetchClient,
  folderStorage,
  type Kernel,
  type RunningAgent,
  readManifest,
  runAgent,
  SavedMachine,
  simulatedKernel,
  systemClock,
} from '../agent/index.ts'
import { sha256 } from '../shared/canonical/index.ts'
import type { Manifest } from '../shared/livepatch/index.ts'
import type { DemoHost } from './hosts.ts'

type Work = {
  readonly url: string
  /** Where the hosts keep what outlives the process. */
  readonly folder: string
  readonly fleet: string
  readonly release: string
  readonly hosts: readonly DemoHost[]
  /** Files of the livepatches that hosts run at first, by module name. */
  readonly files: Readonly<Record<string, string>>
}

const { url, folder, fleet, release, hosts, files } = workerData as Work
const port = parentPort
if (!port) throw new Error('this file runs as a worker thread')

const preloads: ReadonlyMap<string, { readonly manifest: Manifest; readonly bytes: Uint8Array }> = new Map(
  Object.entries(files).map(([name, file]) => {
    const bytes = readFileSync(file)
    const manifest = readManifest(bytes, sha256(bytes), name)
    if (!manifest) throw new Error(`${file} cannot be read`)
    return [name, { manifest, bytes }]
  }),
)

const preloadsOf = (host: DemoHost) =>
  host.livepatches.map(name => {
    const found = preloads.get(name)
    if (!found) throw new Error(`no file for ${name}`)
    return found
  })

const savedMachine = (file: string): SavedMachine | null =>
  existsSync(file) ? SavedMachine.parse(JSON.parse(readFileSync(file, 'utf8'))) : null

/** The simulated kernel of a host, kept on disk: a machine does not forget its livepatches because this process was killed. */
const keptKernel = (host: DemoHost): Kernel => {
  const file = join(folder, host.id, 'machine.json')
  const kernel = simulatedKernel({
    release,
    bootId: `boot-${host.id}`,
    preload: preloadsOf(host).map(({ manifest }) => manifest),
    saved: savedMachine(file),
  })
  const save = () => {
    writeFileSync(`${file}.new`, JSON.stringify(kernel.save()))
    renameSync(`${file}.new`, file)
  }
  save()
  const andSave = <T>(answer: T): T => {
    save()
    return answer
  }
  return {
    observe: kernel.observe,
    explain: kernel.explain,
    known: kernel.known,
    load: async module => andSave(await kernel.load(module)),
    force: async name => andSave(await kernel.force(name)),
    disable: async name => andSave(await kernel.disable(name)),
    remove: async name => andSave(await kernel.remove(name)),
  }
}

const http = fetchClient()

/** One-time tokens come from whoever started the thread, as many as hosts are new. */
const askTokens = (count: number): Promise<readonly string[]> =>
  new Promise(resolve => {
    port.once('message', (message: { readonly tokens: readonly string[] }) => resolve(message.tokens))
    port.postMessage({ need: count })
  })

const open = async (host: DemoHost) => {
  mkdirSync(join(folder, host.id), { recursive: true, mode: 0o700 })
  const storage = await folderStorage(join(folder, host.id))
  for (const { manifest, bytes } of preloadsOf(host)) await storage.keepModule(manifest.digest, bytes)
  return { host, storage, identity: await enrolledIdentity(storage) }
}

const opened = await Promise.all(hosts.map(open))
const fresh = opened.filter(({ identity }) => identity === null)
const tokens = fresh.length > 0 ? await askTokens(fresh.length) : []
const agents: RunningAgent[] = []

const start = async ({ host, storage, identity }: (typeof opened)[number], token: string | undefined): Promise<void> => {
  const known = identity ?? (await enrol({ server: url, fleet, token: token ?? '', host: host.id, http, storage, now: Date.now() }))
  agents.push(await runAgent({ kernel: keptKernel(host), http, clock: systemClock(), identity: known, storage, server: url }))
}

const tokenOf = new Map(fresh.map(({ host }, index) => [host.id, tokens[index]]))
for (const each of opened) await start(each, tokenOf.get(each.host.id))
port.postMessage({ enrolled: fresh.length, running: agents.length })
port.once('message', async () => {
  await Promise.all(agents.map(agent => agent.stop()))
  port.close()
})
