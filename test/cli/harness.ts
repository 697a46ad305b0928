import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from '@jest/globals'
import { runCommandLine } from '../../cli/run-command-line.ts'
import type { Shell } from '../../cli/shell.ts'
import { type Routes, startDouble } from './contract-double.ts'

export const NOW = Date.UTC(2026, 10, 23, 12)
const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

export type Home = { readonly directory: string; readonly shell: Shell; readonly out: () => string; readonly err: () => string }

/** A home of its own: nothing of the machine's is read or written. */
export const home = (over: Partial<Shell> = {}): Home => {
  const directory = mkdtempSync(join(tmpdir(), 'supersede-cli-'))
  cleanups.push(() => rmSync(directory, { recursive: true }))
  let [out, err] = ['', '']
  let now = NOW
  const shell: Shell = {
    env: { XDG_CONFIG_HOME: join(directory, 'config'), ...over.env },
    cwd: directory,
    projectRoot: join(directory, 'project'),
    out: text => {
      out += text
    },
    err: text => {
      err += text
    },
    terminal: false,
    columns: 100,
    color: false,
    now: () => now,
    /* Time passes when somebody waits, and only then. */
    sleep: async milliseconds => {
      now += milliseconds
    },
    ...Object.fromEntries(Object.entries(over).filter(([name]) => name !== 'env')),
  }
  return { directory, shell, out: () => out, err: () => err }
}

export const logIn = (
  { directory }: Home,
  url: string,
  login: object = { token: 'good.token.here', person: 'bob', expiresAt: null },
): void => {
  const folder = join(directory, 'config', 'supersede')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'credentials.json'), JSON.stringify({ servers: { [url]: login } }))
}

/** Runs one command line as Bob against a double that has these answers. */
export const asBob = async (routes: Routes, args: readonly string[], over: Partial<Shell> = {}) => {
  const double = await startDouble(routes)
  cleanups.push(double.stop)
  const at = home({ ...over, env: { SUPERSEDE_URL: double.url, ...over.env } })
  logIn(at, double.url)
  const exit = await runCommandLine(args, at.shell)
  return { exit, out: at.out(), err: at.err(), seen: double.seen, url: double.url, directory: at.directory }
}

/** Runs one command line without any server. */
export const offline = async (
  args: readonly string[],
  files: Readonly<Record<string, string | Uint8Array>> = {},
  over: Partial<Shell> = {},
) => {
  const at = home(over)
  for (const [name, content] of Object.entries(files)) writeFileSync(join(at.directory, name), content)
  const exit = await runCommandLine(args, at.shell)
  return { exit, out: at.out(), err: at.err(), directory: at.directory }
}

export const stopLater = (stop: () => unknown): void => {
  cleanups.push(stop)
}
