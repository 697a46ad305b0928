import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { Failure } from './failure.ts'
import type { Shell } from './shell.ts'
import { messageOf, systemCode } from './system-error.ts'
import { objectOf, textOf } from './terminal/read-json.ts'

/** One server's login. `expiresAt`: epoch milliseconds, null where the token does not say. */
export type Login = { readonly token: string; readonly person: string; readonly expiresAt: number | null }

export const credentialsFile = ({ env }: Pick<Shell, 'env'>): string =>
  join(env['XDG_CONFIG_HOME'] || join(env['HOME'] || homedir(), '.config'), 'supersede', 'credentials.json')

const readAll = (shell: Shell): Readonly<Record<string, unknown>> => {
  try {
    return objectOf(objectOf(JSON.parse(readFileSync(credentialsFile(shell), 'utf8')))['servers'])
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return {}
    throw new Failure('failure', `${credentialsFile(shell)} cannot be read: ${messageOf(error)}`)
  }
}

export const readLogin = (shell: Shell, server: string): Login | null => {
  const kept = objectOf(readAll(shell)[server])
  const token = textOf(kept['token'])
  const expiresAt = kept['expiresAt']
  return token === '' ? null : { token, person: textOf(kept['person']), expiresAt: typeof expiresAt === 'number' ? expiresAt : null }
}

/** Written aside and moved into place, so that the file is never half there and never readable by others. */
export const writeLogin = (shell: Shell, server: string, login: Login | null): void => {
  const file = credentialsFile(shell)
  const { [server]: _, ...others } = readAll(shell)
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const aside = `${file}.${process.pid}`
  writeFileSync(aside, `${JSON.stringify({ servers: login === null ? others : { ...others, [server]: login } }, null, 2)}\n`, {
    mode: 0o600,
  })
  renameSync(aside, file)
}
