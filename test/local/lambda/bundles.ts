import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type FunctionDefinition, type LambdaHost, openLambdaHost } from '../../../local/lambda/lambda-host.ts'

export type Bundle = {
  /** Source of index.mjs. */
  readonly source: string
  readonly timeoutSeconds?: number
  readonly environment?: Readonly<Record<string, string>>
}

export type Bundles = { readonly lambda: LambdaHost; readonly lines: readonly string[]; readonly close: () => Promise<void> }

/** A Lambda host over functions written as text, and what they logged. */
export const openBundles = (bundles: Readonly<Record<string, Bundle | string>>, now: () => number = Date.now): Bundles => {
  const folder = mkdtempSync(join(tmpdir(), 'supersede-bundles-'))
  const definitions = Object.entries(bundles).map(([name, given]): FunctionDefinition => {
    const { source, timeoutSeconds = 30, environment = {} } = typeof given === 'string' ? { source: given } : given
    const directory = join(folder, name)
    mkdirSync(directory)
    writeFileSync(join(directory, 'index.mjs'), source)
    return { name, directory, handler: 'index.handler', environment, timeoutSeconds, memorySize: 512 }
  })
  const lines: string[] = []
  const lambda = openLambdaHost(definitions, (name, line) => lines.push(`${name}: ${line}`), null, now)
  return {
    lambda,
    lines,
    close: async () => {
      await lambda.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
