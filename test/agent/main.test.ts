import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { readManifest } from '../../agent/index.ts'
import { sha256 } from '../../shared/canonical/index.ts'
import { stackDigest } from '../../shared/kernel/index.ts'
import { stackOf } from '../verdict/examples.ts'
import { type ControlPlane, controlPlane } from './control-plane.ts'

let folder: string
let plane: ControlPlane
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'agent-main-'))
  plane = await controlPlane()
})
afterAll(async () => {
  await plane.close()
  await rm(folder, { recursive: true })
})

const run = (
  file: string,
  ...args: readonly string[]
): Promise<{ readonly status: number | string; readonly stdout: string; readonly stderr: string }> =>
  new Promise(resolve => {
    execFile(process.execPath, ['--disable-warning=ExperimentalWarning', file, ...args], (error, stdout, stderr) =>
      resolve({ status: error ? (error.code ?? 'killed') : 0, stdout, stderr }),
    )
  })

const agent = (...args: readonly string[]) => run('agent/main.ts', ...args)

const RELEASE = '6.1.0-50-amd64'

describe('the agent as a command', () => {
  test('says how it is called', async () => {
    const { status, stdout } = await agent('--help')
    expect(status).toBe(0)
    for (const option of ['--server', '--fleet', '--token', '--dir', '--once', '--simulate']) expect(stdout).toContain(option)
  })

  test('refuses wrong arguments with status 2', async () => {
    expect((await agent('--fleet', 'web')).status).toBe(2)
  })

  test('enrols once, loads a real module file on a simulated kernel, reports, and remembers the host', async () => {
    const bytes = await readFile('examples/livepatches/lp_proc_2.ko')
    const digest = sha256(bytes)
    const manifest = readManifest(bytes, digest, 'lp_proc_2')
    expect(manifest).toMatchObject({ name: 'lp_proc_2', version: '2', replace: true })
    if (!manifest) return
    const livepatch = plane.offerFile(manifest.name, bytes)
    const admitted = [stackDigest(stackOf([], { kernelRelease: manifest.kernelRelease }))]
    plane.publish(plane.signed(plane.directive({ ask: { livepatch, admitted } })))
    const dir = join(folder, 'host')
    const common = [
      '--server',
      plane.url,
      '--fleet',
      plane.fleet,
      '--host',
      'h9',
      '--dir',
      dir,
      '--once',
      '--simulate',
      manifest.kernelRelease,
    ]
    const first = await agent(...common, '--token', 'one-time')
    expect(first).toMatchObject({ status: 0, stdout: '' })
    expect(plane.reports.at(-1)).toMatchObject({ host: 'h9', state: 'applied', change: 'c1' })
    expect(((await stat(join(dir, 'identity.json'))).mode & 0o777).toString(8)).toBe('600')
    const reports = plane.reports.length
    expect((await agent(...common)).status).toBe(0)
    expect(plane.reports).toHaveLength(reports)
    expect(plane.requests.filter(request => request.startsWith('POST /fleets/web/hosts'))).toHaveLength(1)
  })

  test('tells who stands before the host whether it is stopped, why and until when, and makes nothing for a look', async () => {
    const status = (dir: string) => run('agent/status.ts', '--dir', dir)
    const empty = join(folder, 'nobody')
    expect(await status(empty)).toMatchObject({ status: 1, stderr: `${empty} holds no enrolled host\n` })
    await expect(stat(empty)).rejects.toThrow('ENOENT')
    const dir = join(folder, 'host')
    expect((await status(dir)).stdout).toMatch(/^stop order {2}none in force$/m)
    expect((await status(dir)).stdout).toMatch(/^directive {3}1, asks for lp_proc_2 by change c1, 100 % of the fleet; until /m)
    const state = JSON.parse(await readFile(join(dir, 'state.json'), 'utf8'))
    const expiresAt = Date.now() + 3_600_000
    const order = {
      schema: 'supersede.stop/1',
      version: 3,
      issuedAt: 1,
      expiresAt,
      scope: 'everything',
      stopped: true,
      reason: 'panics\u001b[2J',
    }
    state.stop = { order, digest: 'd' }
    state.accepted.directive.stopped = true
    state.forcedBoot = 'b-7'
    await writeFile(join(dir, 'state.json'), JSON.stringify(state))
    const { stdout } = await status(dir)
    expect(stdout).toContain(`stop order  3, EVERYTHING IS STOPPED until ${new Date(expiresAt).toISOString()}: panics [2J\n`)
    expect(stdout).toMatch(/^directive {3}1, STOPPED: nothing begins; it asks for lp_proc_2/m)
    expect(stdout).toMatch(/^work {8}lp_proc_2 for change c1, loaded at /m)
    expect(stdout).toMatch(/^to do {7}reboot, if it still runs boot b-7/m)
  })

  test('tells in one line why it could not enrol', async () => {
    const { status, stderr } = await agent(
      '--server',
      plane.url,
      '--fleet',
      'web',
      '--dir',
      join(folder, 'x'),
      '--token',
      'used',
      '--simulate',
      RELEASE,
    )
    expect(status).toBe(1)
    expect(stderr).toContain('enrolment was refused: 401 the token is not known or was used')
  })
})
