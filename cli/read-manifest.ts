import { createHash } from 'node:crypto'
import { Digest, Manifest, manifestOf, readModule, Statement } from '../shared/livepatch/index.ts'
import { Failure } from './failure.ts'
import { readBytes } from './files.ts'
import { refusedFileExit } from './refused-file-exit.ts'
import type { Shell } from './shell.ts'

const fromJson = (file: string, bytes: Uint8Array): Manifest => {
  try {
    return Manifest.parse(JSON.parse(Buffer.from(bytes).toString('utf8')))
  } catch {
    throw new Failure('failure', `${file}: this is no manifest`, 'supersede patch show LIVEPATCH -o json prints one')
  }
}

/** The manifest of a module file, with what its file does not say from `statement`; or one that was printed as JSON. */
export const readManifest = async (shell: Shell, file: string, statement: unknown = {}): Promise<Manifest> => {
  const bytes = readBytes(shell, file)
  if (bytes[0] === 0x7b) return fromJson(file, bytes)
  const read = await readModule(bytes, { file })
  if (!read.ok) throw new Failure('refusedFile', `${file}: ${read.error.reason}`)
  const stated = Statement.safeParse(statement)
  if (!stated.success)
    throw new Failure('usage', `the statement is wrong: ${stated.error.issues[0]?.path.join('.')}: ${stated.error.issues[0]?.message}`)
  const digest = Digest.parse(createHash('sha256').update(bytes).digest('hex'))
  const made = manifestOf(read.module, stated.data, { digest, size: bytes.length })
  if (!made.ok)
    throw new Failure(
      refusedFileExit(made.error.code, made.error.field),
      `${file}: ${made.error.reason}`,
      'options like --series and --version, or --statement FILE, say what the file does not',
    )
  return made.manifest
}
