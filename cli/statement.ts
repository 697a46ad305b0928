import { Failure } from './failure.ts'
import { readJsonFile } from './files.ts'
import { allGiven, given, type Input } from './input.ts'
import type { JsonObject } from './terminal/read-json.ts'

/** What the submitter says about a livepatch: the statement file, and options that win over it. Null: nothing said. */
export const statementOf = (input: Input): JsonObject | null => {
  const file = given(input, 'statement')
  const read = file === undefined ? {} : readJsonFile(input.shell, file)
  if (typeof read !== 'object' || read === null || Array.isArray(read)) throw new Failure('usage', `${file}: a statement is a JSON object`)
  const [series, version] = [given(input, 'series'), given(input, 'version')]
  const [fixes, adopts] = [allGiven(input, 'fixes'), allGiven(input, 'adopts')]
  const statement = {
    ...read,
    ...(series === undefined ? {} : { series }),
    ...(version === undefined ? {} : { version }),
    ...(fixes.length === 0 ? {} : { fixes }),
    ...(adopts.length === 0 ? {} : { adopts }),
  }
  return Object.keys(statement).length === 0 ? null : statement
}
