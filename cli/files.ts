import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Failure } from './failure.ts'
import type { Shell } from './shell.ts'
import { messageOf, systemCode } from './system-error.ts'

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'it may not be read',
  EISDIR: 'it is a folder',
  ELOOP: 'its symbolic links lead in a circle',
  ERR_FS_FILE_TOO_LARGE: 'it is larger than 2 GiB',
}
const why = (error: unknown): string => REASONS[systemCode(error)] ?? messageOf(error)

/** The bytes of a file, or why it cannot be opened. */
export const openedBytes = ({ cwd }: Pick<Shell, 'cwd'>, file: string): Uint8Array | { readonly why: string } => {
  try {
    return readFileSync(resolve(cwd, file))
  } catch (error) {
    return { why: why(error) }
  }
}

export const readBytes = (shell: Pick<Shell, 'cwd'>, file: string): Uint8Array => {
  const opened = openedBytes(shell, file)
  if ('why' in opened) throw new Failure('failure', `${file}: ${opened.why}`)
  return opened
}

export const readText = (shell: Pick<Shell, 'cwd'>, file: string): string => Buffer.from(readBytes(shell, file)).toString('utf8')

export const readJsonFile = (shell: Pick<Shell, 'cwd'>, file: string): unknown => {
  const text = readText(shell, file)
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Failure('failure', `${file}: this is no JSON: ${messageOf(error)}`)
  }
}
