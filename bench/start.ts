import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Figure } from './figure.ts'

/** Wall-clock seconds, because that is what a person waits; on a busy machine they say more about the machine. */
export const startFigures = async (root: string): Promise<readonly Figure[]> => {
  const data = mkdtempSync(join(tmpdir(), 'supersede-bench-'))
  const started = performance.now()
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(root, 'demo/start.ts'), '--once', '--port', '0', '--data', data],
    { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const seen = new Map<string, number>()
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString('utf8')
    for (const mark of ['ready on', 'Completed:'])
      if (!seen.has(mark) && output.includes(mark)) seen.set(mark, (performance.now() - started) / 1000)
  })
  await new Promise(done => child.on('close', done))
  rmSync(data, { recursive: true })
  const ready = seen.get('ready on') ?? Number.POSITIVE_INFINITY
  const completed = (seen.get('Completed:') ?? Number.POSITIVE_INFINITY) - ready
  return [
    { name: 'npm start to ready', value: ready, unit: 's', target: 8, wanted: 'at most' },
    { name: 'ready to change one completed', value: completed, unit: 's', target: 40, wanted: 'at most' },
  ]
}
