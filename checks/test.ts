// `npm test`: every check of the repository, and one closing line that counts them. `--quick`, for the inner loop: the tests
// of the rooms that changes which are not committed yet lie in; where there are none, those of the pure rooms.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const quick = process.argv.includes('--quick')
const ROOMS = ['shared', 'functions', 'infra', 'local', 'cli', 'agent', 'console', 'demo', 'bench', 'checks', 'test']

type Check = { readonly title: string; readonly command: string; readonly args: readonly string[] }
type Ended = { readonly code: number; readonly output: string; readonly seconds: number }

const tool = (name: string): string => resolve(root, 'node_modules/.bin', name)

const CHECKS: readonly Check[] = [
  { title: 'types', command: tool('tsc'), args: ['--noEmit'] },
  { title: 'types of infra', command: tool('tsc'), args: ['--noEmit', '-p', 'infra'] },
  { title: 'format and lint', command: tool('biome'), args: ['check', '--error-on-warnings'] },
  { title: 'import directions', command: tool('depcruise'), args: ['--config', '.dependency-cruiser.cjs', ...ROOMS] },
  { title: 'dead code', command: tool('knip'), args: ['--no-progress'] },
]

const PURE = ['change', 'cli', 'fleet', 'history', 'infra', 'kernel', 'lineage', 'rollout', 'verdict']
const SLOW = ['console', 'end-to-end']

/** Paths that git tells as changed; none outside of a clone. */
const changedPaths = (): readonly string[] => {
  const { stdout } = spawnSync('git', ['status', '--porcelain', '--untracked-files'], { cwd: root, encoding: 'utf8' })
  return (stdout ?? '').split('\n').map(line => line.slice(3))
}

const roomOf = (path: string): string => {
  const [top = '', room = ''] = path.split('/')
  return top === 'shared' || top === 'test' ? room : top
}

const hasTests = (room: string): boolean =>
  readdirSync(join(root, 'test', room), { recursive: true }).some(name => String(name).endsWith('.test.ts'))

const quickRooms = (): readonly string[] => {
  const changed = new Set(changedPaths().map(roomOf))
  const folders = readdirSync(join(root, 'test'), { withFileTypes: true }).filter(entry => entry.isDirectory())
  const touched = folders.map(({ name }) => name).filter(room => changed.has(room) && !SLOW.includes(room) && hasTests(room))
  return touched.length === 0 ? PURE : touched
}

const run = (command: string, args: readonly string[], inherit: boolean): Promise<Ended> =>
  new Promise(done => {
    const started = performance.now()
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', inherit ? 'inherit' : 'pipe', inherit ? 'inherit' : 'pipe'] })
    const output: Buffer[] = []
    child.stdout?.on('data', chunk => output.push(chunk))
    child.stderr?.on('data', chunk => output.push(chunk))
    child.on('close', code =>
      done({ code: code ?? 1, output: Buffer.concat(output).toString('utf8'), seconds: (performance.now() - started) / 1000 }),
    )
  })

const runCheck = async ({ title, command, args }: Check): Promise<boolean> => {
  const { code, output, seconds } = await run(command, args, false)
  process.stdout.write(`${code === 0 ? 'ok  ' : 'FAIL'} ${title} (${seconds.toFixed(1)} s)\n${code === 0 ? '' : `${output}\n`}`)
  return code === 0
}

type Totals = {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly numRuntimeErrorTestSuites: number
}

const runJest = async (): Promise<Totals> => {
  const folder = mkdtempSync(join(tmpdir(), 'supersede-test-'))
  const report = join(folder, 'jest.json')
  const chosen = quick ? quickRooms().map(room => `/test/${room}/`) : []
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', resolve(root, 'node_modules/jest/bin/jest.js')]
  try {
    await run(process.execPath, [...flags, '--maxWorkers=100%', '--json', `--outputFile=${report}`, ...chosen], true)
    return JSON.parse(readFileSync(report, 'utf8')) as Totals
  } catch {
    return { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numRuntimeErrorTestSuites: 1 }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const checks = await Promise.all(CHECKS.map(runCheck))
const totals = await runJest()
const passed = checks.filter(Boolean).length + totals.numPassedTests
const failed = checks.filter(ok => !ok).length + totals.numFailedTests + totals.numRuntimeErrorTestSuites
const skipped = totals.numPendingTests > 0 ? `, ${totals.numPendingTests} skipped` : ''
process.stdout.write(`\n${passed} passed, ${failed} failed${skipped}\n`)
process.exitCode = failed === 0 ? 0 : 1
