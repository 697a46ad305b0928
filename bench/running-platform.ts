import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A platform in a process of its own, so that it can be killed, and so that its CPU time is its own. */
export type RunningPlatform = {
  readonly child: ChildProcess
  readonly url: string
  readonly tokenOf: (person: string) => Promise<string>
  /** CPU seconds that the process has used. */
  readonly cpuSeconds: () => Promise<number>
  /** Kills it, as a crash would. */
  readonly kill: () => Promise<void>
}

const firstLine = (child: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    child.stdout?.once('data', (chunk: Buffer) => resolve(chunk.toString('utf8').trim()))
    child.once('exit', code => reject(new Error(`the platform ended with ${code}`)))
  })

export const startPlatform = async (root: string, assembly: string, data: string): Promise<RunningPlatform> => {
  const program = join(root, 'bench/platform-process.ts')
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, assembly, data], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  const url = await firstLine(child)
  const { code } = JSON.parse(readFileSync(join(data, 'issuer.json'), 'utf8')) as { readonly code: string }
  return {
    child,
    url,
    tokenOf: async person => {
      const login = await fetch(`${url}/issuer/token`, { method: 'POST', body: JSON.stringify({ person, code }) })
      const { access_token: token } = (await login.json()) as { readonly access_token: string }
      return token
    },
    cpuSeconds: () =>
      new Promise(resolve => {
        child.once('message', seconds => resolve(Number(seconds)))
        child.send('cpu')
      }),
    kill: () =>
      new Promise(done => {
        child.once('exit', () => done())
        child.kill('SIGKILL')
      }),
  }
}
