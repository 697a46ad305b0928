import { serverUrl } from '../api.ts'
import { writeLogin } from '../credentials.ts'
import { given, type Run } from '../input.ts'

export const run: Run = async input => {
  const server = serverUrl(input.shell, given(input, 'url'))
  writeLogin(input.shell, server, null)
  input.shell.err(`logged out at ${server}\n`)
  return undefined
}
