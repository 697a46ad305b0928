import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { Failure } from '../failure.ts'
import { firstArgument, given, type Input, type Run } from '../input.ts'
import { printPolicies } from '../policies-in-words.ts'
import { plural } from '../terminal/format.ts'
import { printFacts, printJson, printTable } from '../terminal/print.ts'
import { type JsonObject, objectOf, objectsOf, textOf } from '../terminal/read-json.ts'
import { terminalText } from '../terminal/terminal-text.ts'

/* A server's name for a file is not believed to stay in the folder. */
const SAFE = /^(?:house\/[\w-]+\.cedar|fleets\/[A-Za-z0-9][\w.-]*\/[\w-]+\.cedar|settings\.json|freezes\.json)$/

const editionFiles = (policies: JsonObject): readonly JsonObject[] => objectsOf(policies['files']).filter(({ from }) => from === 'edition')

/** The edition's files, to be edited and proposed. */
const writeOut = ({ shell }: Input, policies: JsonObject, directory: string): void => {
  const files = editionFiles(policies)
  for (const { path, text } of files) {
    if (!SAFE.test(textOf(path))) throw new Failure('failure', `the server names a file ${textOf(path)}, which has no place here`)
    const target = resolve(shell.cwd, directory, textOf(path))
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, textOf(text))
  }
  shell.out(`${plural(files.length, 'file')} of edition ${textOf(policies['edition'])} in ${terminalText(directory)}\n`)
}

const print = ({ shell }: Input, policies: JsonObject): void => {
  printFacts(shell, [
    ['version', textOf(policies['version'])],
    ['edition', textOf(policies['edition'])],
    [
      'faults',
      objectsOf(policies['faults'])
        .map(({ path, message }) => `${textOf(path)}: ${textOf(message)}`)
        .join('\n'),
    ],
  ])
  shell.out('\n')
  printTable(
    shell,
    ['file', 'from'],
    objectsOf(policies['files']).map(({ path, from }) => [textOf(path), textOf(from) === 'edition' ? 'edition' : 'deployment']),
  )
  shell.out('\n')
  printPolicies(shell, textOf(policies['fleet']), policies['words'])
}

export const run: Run = async input => {
  const fleet = firstArgument(input) || undefined
  const { body } = await input.api().call('show-policies', { query: { fleet } })
  const out = given(input, 'out')
  if (out !== undefined) writeOut(input, objectOf(body), out)
  else if (input.json) printJson(input.shell, body)
  else print(input, objectOf(body))
  return undefined
}
