import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { Failure } from '../failure.ts'
import { readBytes, readJsonFile } from '../files.ts'
import { findLivepatch } from '../find-livepatch.ts'
import { allGiven, firstArgument, given, type Input, type Run } from '../input.ts'
import { statementOf } from '../statement.ts'
import { printJson } from '../terminal/print.ts'
import { objectOf } from '../terminal/read-json.ts'
import { printVerdict, verdictEnd } from '../verdict-report.ts'

/** The server judges what is in its catalog: a file is found there by its digest. */
const onFleet = async (input: Input, fleet: string): Promise<unknown> => {
  const api = input.api()
  const named = firstArgument(input)
  const isFile = existsSync(resolve(input.shell.cwd, named))
  const livepatch = isFile ? createHash('sha256').update(readBytes(input.shell, named)).digest('hex') : await findLivepatch(api, named)
  return (await api.call('simulate', { body: { livepatch, fleet } })).body
}

const onStacks = async (input: Input, files: readonly string[]): Promise<unknown> => {
  const { Stack } = await import('../../shared/kernel/index.ts')
  const { judgeChange } = await import('../../shared/verdict/index.ts')
  const { readManifest } = await import('../read-manifest.ts')
  const livepatch = await readManifest(input.shell, firstArgument(input), statementOf(input) ?? {})
  const known = await Promise.all(allGiven(input, 'known').map(file => readManifest(input.shell, file)))
  const cohorts = files.map(file => {
    const stack = Stack.safeParse(readJsonFile(input.shell, file))
    if (stack.success) return { stack: stack.data, hosts: 1 }
    const [issue] = stack.error.issues
    throw new Failure('failure', `${file}: this is no stack: ${issue?.path.join('.')}: ${issue?.message}`)
  })
  return judgeChange({ livepatch, cohorts, known: new Map([livepatch, ...known].map(manifest => [manifest.name, manifest])) })
}

export const run: Run = async input => {
  const fleet = given(input, 'fleet')
  const stacks = allGiven(input, 'stack')
  if ((fleet === undefined) === (stacks.length === 0)) throw new Failure('usage', 'either --fleet or --stack says what it is judged on')
  const verdict = fleet === undefined ? await onStacks(input, stacks) : await onFleet(input, fleet)
  if (input.json) printJson(input.shell, verdict)
  else printVerdict(input.shell, objectOf(verdict))
  return verdictEnd(objectOf(verdict))
}
