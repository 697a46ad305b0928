import { createHash } from 'node:crypto'
import { Digest, type InspectedModule, Manifest, manifestOf, readModule, Statement } from '../shared/livepatch/index.ts'
import { Failure } from './failure.ts'
import { readBytes } from './files.ts'
import { refusedFileExit, STATEMENT_HINT } from './refused-file-exit.ts'
import type { Shell } from './shell.ts'
import { terminalText } from './terminal/terminal-text.ts'

const fromJson = (file: string, bytes: Uint8Array): Manifest => {
  try {
    return Manifest.parse(JSON.parse(Buffer.from(bytes).toString('utf8')))
  } catch {
    throw new Failure('failure', `${file}: this is no manifest`, 'supersede patch show LIVEPATCH -o json prints one')
  }
}

const HINT_FOR_JUDGED = STATEMENT_HINT
const HINT_FOR_OTHER = 'give its manifest instead of the module file; supersede patch show LIVEPATCH -o json prints one'

const fromModule = (file: string, bytes: Uint8Array, module: InspectedModule, stated: Statement, isJudged: boolean): Manifest => {
  const digest = Digest.parse(createHash('sha256').update(bytes).digest('hex'))
  const made = manifestOf(module, stated, { digest, size: bytes.length })
  if (made.ok) return made.manifest
  const { code, field, reason } = made.error
  const exit = refusedFileExit(code, field)
  if (code !== 'missing') throw new Failure(exit, `${file}: ${reason}`)
  throw new Failure(exit, `${file}: ${reason}`, isJudged ? HINT_FOR_JUDGED : HINT_FOR_OTHER)
}

const readFile = async (shell: Shell, file: string): Promise<{ bytes: Uint8Array; module: InspectedModule } | Manifest> => {
  const bytes = readBytes(shell, file)
  if (bytes[0] === 0x7b) return fromJson(file, bytes)
  const read = await readModule(bytes, { file })
  if (!read.ok) throw new Failure('refusedFile', `${file}: ${read.error.reason}`)
  return { bytes, module: read.module }
}

/** The manifest of a module file, with what its file does not say from `statement`; or one that was printed as JSON. */
export const readManifest = async (shell: Shell, file: string, statement: unknown = {}): Promise<Manifest> => {
  const read = await readFile(shell, file)
  if (!('module' in read)) return read
  const stated = Statement.safeParse(statement)
  if (!stated.success)
    throw new Failure('usage', `the statement is wrong: ${stated.error.issues[0]?.path.join('.')}: ${stated.error.issues[0]?.message}`)
  return fromModule(file, read.bytes, read.module, stated.data, true)
}

const ASSUMED_VERSION = '1'
const seriesOf = ({ name }: InspectedModule): string =>
  (name ?? 'unnamed')
    .toLowerCase()
    .replace(/[^a-z0-9._-]/g, '-')
    .replace(/^[^a-z0-9]+/, '') || 'unnamed'

/**
 * The manifest of a livepatch that another is held against. Most livepatches in the world say no series: such a one is taken to be a line of
 * its own, in which nothing is newer or older. What was only inferred is taken as it was. Both are told.
 */
export const readOther = async (shell: Shell, file: string): Promise<Manifest> => {
  const read = await readFile(shell, file)
  if (!('module' in read)) return read
  const { statements, patch } = read.module
  const replace = patch.replace.certainty === 'inferred' ? patch.replace.value : null
  const assumed = {
    ...(statements.series === null && { series: seriesOf(read.module) }),
    ...(statements.version === null && { version: ASSUMED_VERSION }),
    ...(replace !== null && { replace }),
  }
  const manifest = fromModule(file, read.bytes, read.module, assumed, false)
  const told = [
    ...(statements.series === null ? [`version ${manifest.version} of a series ${manifest.series} of its own`] : []),
    ...(replace === null ? [] : [replace ? 'cumulative' : 'not cumulative']),
  ]
  if (told.length > 0) shell.err(`${terminalText(file)}: taken to be ${told.join(', and ')} (the file does not say)\n`)
  return manifest
}
