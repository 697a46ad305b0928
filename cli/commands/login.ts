import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { readBody, send, serverUrl } from '../api.ts'
import { credentialsFile, readLogin, writeLogin } from '../credentials.ts'
import { Failure } from '../failure.ts'
import { firstArgument, given, type Input, type Run } from '../input.ts'
import { problemFailure } from '../problem-failure.ts'
import { printJson } from '../terminal/print.ts'
import { numberOf, objectOf, textOf } from '../terminal/read-json.ts'
import { terminalText } from '../terminal/terminal-text.ts'

/** The claims of a token, read and not verified: for telling who is logged in and until when. The server verifies. */
const claimsOf = (token: string): { readonly subject: string; readonly expiresAt: number | null } => {
  try {
    const claims = objectOf(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')))
    return { subject: textOf(claims['sub']), expiresAt: typeof claims['exp'] === 'number' ? claims['exp'] * 1000 : null }
  } catch {
    return { subject: '', expiresAt: null }
  }
}

/** The data directory that was named; else one here, else the one that `npm start` keeps. */
const directoriesOf = (input: Input): readonly string[] => {
  const { cwd, projectRoot } = input.shell
  const named = given(input, 'data')
  return named === undefined ? [...new Set([join(cwd, '.supersede'), join(projectRoot, '.supersede')])] : [resolve(cwd, named)]
}

const codeIn = (directory: string): string | null => {
  try {
    return textOf(objectOf(JSON.parse(readFileSync(join(directory, 'issuer.json'), 'utf8')))['code']) || null
  } catch {
    return null
  }
}

const codeFromFile = (input: Input): string => {
  for (const directory of directoriesOf(input)) {
    const code = codeIn(directory)
    if (code !== null) return code
  }
  throw new Failure(
    'usage',
    `there is no issuer's code: no issuer.json in ${directoriesOf(input).join(' or ')}`,
    'give --data DIR of npm start, --code CODE or SUPERSEDE_CODE; for a deployed system give --token',
  )
}

const askIssuer = async (input: Input, server: string, person: string): Promise<string> => {
  const code = given(input, 'code') ?? (input.shell.env['SUPERSEDE_CODE'] || codeFromFile(input))
  const headers = { 'content-type': 'application/json' }
  const response = await send(server, `${server}/issuer/token`, { method: 'POST', headers, body: JSON.stringify({ person, code }) })
  const body = objectOf(await readBody(response))
  if (!response.ok) throw problemFailure(response.status, body)
  const token = textOf(body['access_token'])
  if (token === '') throw new Failure('failure', 'the issuer gave no token')
  const seconds = numberOf(body['expires_in'])
  writeLogin(input.shell, server, {
    token,
    person,
    expiresAt: seconds > 0 ? input.shell.now() + seconds * 1000 : claimsOf(token).expiresAt,
  })
  return person
}

const takeToken = (input: Input, server: string, option: string): string => {
  const token = (option === '-' ? readFileSync(0, 'utf8') : option).trim()
  if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) throw new Failure('usage', '--token takes a token of three parts (JWT), or - for stdin')
  const { subject, expiresAt } = claimsOf(token)
  writeLogin(input.shell, server, { token, person: subject, expiresAt })
  return subject
}

const tellWho = (input: Input, server: string): void => {
  const login = readLogin(input.shell, server)
  if (login === null) throw new Failure('notLoggedIn', `nobody is logged in at ${server}`, 'supersede login PERSON')
  const until = login.expiresAt === null ? null : new Date(login.expiresAt).toISOString()
  if (input.json) printJson(input.shell, { server, person: login.person, expiresAt: until })
  else input.shell.out(`${terminalText(login.person)} at ${server}${until === null ? '' : `, until ${until}`}\n`)
}

export const run: Run = async input => {
  const server = serverUrl(input.shell, given(input, 'url'))
  const token = given(input, 'token')
  const person = firstArgument(input)
  if (token === undefined && person === '') {
    tellWho(input, server)
    return undefined
  }
  const who = token === undefined ? await askIssuer(input, server, person) : takeToken(input, server, token)
  input.shell.err(`${terminalText(who || 'The holder of the token')} is logged in at ${server} (${credentialsFile(input.shell)})\n`)
  return undefined
}
