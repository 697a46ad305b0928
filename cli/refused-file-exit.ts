import type { Exit } from './exit-codes.ts'

/** What a livepatch is made of: where a file does not tell these with certainty, `inspect` finds nothing certain in it. */
const ESSENTIAL: readonly string[] = ['objects', 'replace', 'states']
/** What a statement beside the file mends; everything else is a matter of the file. */
const OF_STATEMENT: readonly string[] = ['missing', 'contradicted', 'invalid']

export const isOfStatement = (code: string): boolean => OF_STATEMENT.includes(code)
export const STATEMENT_HINT = 'options like --series and --version, or --statement FILE, say what the file does not'

/** How a command ends that could make no manifest of a file, by the codes of `inspect`. `field` is null where the whole file is meant. */
export const refusedFileExit = (code: string, field: string | null): Exit => {
  if (code === 'unreadable') return 'nothingCertain'
  if (!isOfStatement(code)) return 'refusedFile'
  return code === 'missing' && field !== null && ESSENTIAL.includes(field) ? 'nothingCertain' : 'failure'
}
