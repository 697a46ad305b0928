import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { Failure } from '../failure.ts'
import { readBytes, readJsonFile } from '../files.ts'
import { findLivepatch } from '../find-livepatch.ts'
import { allGiven, firstArgument, given, type Input, type Run } from '../input.ts'
import { routeGiven } from '../plan-given.ts'
import { statementOf } from '../statement.ts'
import { symbolsGiven } from '../symbols-given.ts'
import { printJson } from '../terminal/print.ts'
import { type JsonObject, objectOf, objectsOf, textOf, textsOf } from '../terminal/read-json.ts'
import { printVerdict, verdictEnd } from '../verdict-report.ts'
import { VERSION } from '../version.ts'

type Stricter = ReadonlyMap<string, string>

/** `--strict code=reason`: what is otherwise reviewed blocks here, and the reason stands in the finding. */
const stricterOf = async (input: Input): Promise<Stricter> => {
  const { RULES } = await import('../../shared/verdict/index.ts')
  return new Map(
    allGiven(input, 'strict').map(text => {
      const [, code = '', reason = ''] = /^([a-z-]+)=\s*(.*\S)\s*$/s.exec(text) ?? []
      if (reason === '')
        throw new Failure('usage', `--strict ${text}: it takes a finding and a reason, for example fixes-lost="customer data"`)
      if (!RULES.some(({ id }) => id === code)) throw new Failure('usage', `--strict ${text}: there is no finding ${code}`)
      return [code, reason]
    }),
  )
}

const isFile = (input: Input, named: string): boolean => existsSync(resolve(input.shell.cwd, named))

/** The server judges what is in its catalog: a file is found there by its digest. */
const onFleet = async (input: Input, fleet: string, stricter: Stricter): Promise<unknown> => {
  const api = input.api()
  const named = firstArgument(input)
  const livepatch = isFile(input, named)
    ? createHash('sha256').update(readBytes(input.shell, named)).digest('hex')
    : await findLivepatch(api, named)
  const route = routeGiven(input)
  const body = { livepatch, fleet, ...(route && { route }), ...(stricter.size > 0 && { stricter: Object.fromEntries(stricter) }) }
  return (await api.call('simulate', { body })).body
}

const onStacks = async (input: Input, files: readonly string[], stricter: Stricter): Promise<unknown> => {
  const { Stack } = await import('../../shared/kernel/index.ts')
  const { judgeChange } = await import('../../shared/verdict/index.ts')
  const { readManifest, readOther } = await import('../read-manifest.ts')
  const livepatch = await readManifest(input.shell, firstArgument(input), statementOf(input) ?? {})
  const known = await Promise.all(allGiven(input, 'known').map(file => readOther(input.shell, file)))
  const cohorts = files.map(file => {
    const stack = Stack.safeParse(readJsonFile(input.shell, file))
    if (stack.success) return { stack: stack.data, hosts: 1 }
    const [issue] = stack.error.issues
    throw new Failure('failure', `${file}: this is no stack: ${issue?.path.join('.')}: ${issue?.message}`)
  })
  const symbols = await symbolsGiven(input)
  return judgeChange({
    livepatch,
    cohorts,
    known: new Map([livepatch, ...known].map(manifest => [manifest.name, manifest])),
    symbols: symbols && new Map([[livepatch.kernelRelease, symbols]]),
    stricter,
    route: routeGiven(input),
  })
}

/** The remedy of a finding speaks to those who have a catalog; here a file does. */
const hintAtKnown = ({ shell }: Input, verdict: JsonObject): void => {
  const isMissing = objectsOf(verdict['findings']).some(
    ({ code, evidence }) => code === 'unknown-stack' && textsOf(objectOf(evidence)['unknown']).length > 0,
  )
  if (isMissing) shell.err('hint: --known FILE gives the module file of a livepatch that a stack names\n')
}

const printSarif = async (input: Input, verdict: JsonObject): Promise<void> => {
  const { sarifOf } = await import('../sarif.ts')
  const named = firstArgument(input)
  printJson(input.shell, sarifOf(verdict, isFile(input, named) ? { file: named } : { digest: textOf(verdict['livepatch']) }, VERSION))
}

export const run: Run = async input => {
  const fleet = given(input, 'fleet')
  const stacks = allGiven(input, 'stack')
  if ((fleet === undefined) === (stacks.length === 0)) throw new Failure('usage', 'either --fleet or --stack says what it is judged on')
  const stricter = await stricterOf(input)
  const verdict = objectOf(fleet === undefined ? await onStacks(input, stacks, stricter) : await onFleet(input, fleet, stricter))
  if (given(input, 'output') === 'sarif') await printSarif(input, verdict)
  else if (input.json) printJson(input.shell, verdict)
  else printVerdict(input.shell, verdict)
  if (fleet === undefined) hintAtKnown(input, verdict)
  return verdictEnd(verdict)
}
