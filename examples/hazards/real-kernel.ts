import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/** Kernels that can be built in the oracle, which runs scenarios on a real kernel in a virtual machine. */
export const KERNELS = ['6.1', '6.12', '7.2'] as const
export type KernelName = (typeof KERNELS)[number]

/**
 * Runs scenarios on a real kernel and gives back the recordings, as JSON texts in the order asked for. `oracle` is its folder, extended
 * by test/oracle/main.ts and with that kernel built there. Throws where it fails, or a guest does not survive.
 */
export const runOnKernel = (oracle: string, kernel: KernelName, scenarios: readonly { readonly name: string }[]): readonly string[] => {
  const folder = mkdtempSync(join(tmpdir(), 'hazards-'))
  try {
    const [file, out] = [join(folder, 'scenarios.json'), join(folder, 'out')]
    writeFileSync(file, JSON.stringify(scenarios))
    const args = [join(resolve(oracle), 'oracle'), 'run', file, '--kernel', kernel, '--out', out, '--isolate', '--quiet']
    const run = spawnSync('node', args, { encoding: 'utf8', maxBuffer: 1 << 28 })
    if (run.status !== 0) throw new Error(`the oracle failed: ${run.stderr.trim()}`)
    const answers = new Map(readdirSync(out).map(name => [name, readFileSync(join(out, name), 'utf8')]))
    return scenarios.map(({ name }) => {
      const text = answers.get(`${name}.json`) ?? '{"error":"no answer"}'
      const answer: { readonly error?: string } = JSON.parse(text)
      if (answer.error !== undefined) throw new Error(`${name}: the guest did not survive it: ${answer.error}`)
      return text
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
}
