import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { root } from '../infra/assembly.ts'

/** How a run ended: what it printed, and the exit code (null when it was killed). */
export type Ended = { readonly output: string; readonly code: number | null }

export type Run = {
  readonly ended: Promise<Ended>
  /** Resolves with what was printed so far as soon as it matches; rejects when the process ends before. */
  readonly seen: (pattern: RegExp) => Promise<string>
  readonly kill: (signal: NodeJS.Signals) => void
}

/** Starts the demonstration as a newcomer does, with short waves and any free port. */
export const runDemo = (data: string, ...options: readonly string[]): Run => {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(root, 'demo/start.ts'), '--quick', '--port', '0', '--data', data, ...options],
    {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let output = ''
  const listeners = new Set<() => void>()
  const hear = (chunk: Buffer) => {
    output += chunk.toString('utf8')
    for (const listener of listeners) listener()
  }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  const ended = new Promise<Ended>(resolve => child.on('close', code => resolve({ output, code })))
  return {
    ended,
    kill: signal => void child.kill(signal),
    seen: pattern =>
      new Promise((resolve, reject) => {
        const check = () => {
          if (!pattern.test(output)) return
          listeners.delete(check)
          resolve(output)
        }
        listeners.add(check)
        check()
        void ended.then(({ code }) => reject(new Error(`ended with ${code} before ${pattern}:\n${output}`)))
      }),
  }
}
