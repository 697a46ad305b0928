import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { runCommandLine } from '../../cli/run-command-line.ts'
import { problem, type Routes, startDouble } from './contract-double.ts'
import { home, NOW, stopLater } from './harness.ts'

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
const TOKEN = `${part({ alg: 'RS256' })}.${part({ sub: 'zoe', exp: NOW / 1000 + 60 })}.c2ln`

const issuer: Routes = {
  issuer: ({ body }) => {
    const asked = Object(body) as { person?: string; code?: string }
    if (asked.code !== 'right') return problem(403, 'bad-code', 'Wrong code', 'The code stands in issuer.json.')
    if (asked.person !== 'alice') return problem(404, 'unknown-person', 'Unknown person', 'There are alice, bob.')
    return { body: { access_token: 'good.token.here', expires_in: 3600 } }
  },
  'list-fleets': () => ({ body: { items: [] } }),
}

const start = async () => {
  const double = await startDouble(issuer)
  stopLater(double.stop)
  const at = home({ env: { SUPERSEDE_URL: double.url } })
  const file = join(at.directory, 'config', 'supersede', 'credentials.json')
  const run = (...args: readonly string[]) => runCommandLine(args, at.shell)
  return { ...at, url: double.url, file, run, kept: () => JSON.parse(readFileSync(file, 'utf8')) }
}

describe('logging in on one machine', () => {
  test('the code comes from the data directory, the login works, and only its owner can read it', async () => {
    const at = await start()
    mkdirSync(join(at.directory, '.supersede'))
    writeFileSync(join(at.directory, '.supersede', 'issuer.json'), JSON.stringify({ code: 'right' }))
    expect(await at.run('login', 'alice')).toBe(0)
    expect(at.kept().servers[at.url]).toEqual({ token: 'good.token.here', person: 'alice', expiresAt: NOW + 3_600_000 })
    expect(statSync(at.file).mode & 0o777).toBe(0o600)
    expect(statSync(join(at.file, '..')).mode & 0o777).toBe(0o700)
    expect(await at.run('fleet', 'list')).toBe(0)
    expect(at.err()).not.toContain('good.token.here')
  })
  test('the code is found beside the program, too, where npm start keeps it', async () => {
    const at = await start()
    mkdirSync(join(at.shell.projectRoot, '.supersede'), { recursive: true })
    writeFileSync(join(at.shell.projectRoot, '.supersede', 'issuer.json'), JSON.stringify({ code: 'right' }))
    expect(await at.run('login', 'alice')).toBe(0)
    expect(await at.run('login', 'alice', '--data', 'elsewhere')).toBe(2)
  })
  test('the code may be given, and the options are tried in the order option, environment, file', async () => {
    const at = await start()
    expect(await at.run('login', 'alice', '--code', 'right')).toBe(0)
    const env = home({ env: { SUPERSEDE_URL: at.url, SUPERSEDE_CODE: 'right' } })
    expect(await runCommandLine(['login', 'alice'], env.shell)).toBe(0)
    expect(await runCommandLine(['login', 'alice', '--code', 'wrong'], env.shell)).toBe(3)
  })
  test('a missing code, a wrong code and an unknown person are told apart', async () => {
    const at = await start()
    expect(await at.run('login', 'alice')).toBe(2)
    expect(at.err()).toContain('issuer.json')
    expect(await at.run('login', 'alice', '--code', 'wrong')).toBe(3)
    expect(await at.run('login', 'mallory', '--code', 'right')).toBe(4)
    expect(at.err()).toContain('There are alice, bob.')
  })
  test('a file that others could read is made private by the next login', async () => {
    const at = await start()
    mkdirSync(join(at.file, '..'), { recursive: true })
    writeFileSync(at.file, JSON.stringify({ servers: { 'http://other': { token: 't', person: 'x', expiresAt: null } } }), { mode: 0o644 })
    await at.run('login', 'alice', '--code', 'right')
    expect(statSync(at.file).mode & 0o777).toBe(0o600)
    expect(Object.keys(at.kept().servers)).toEqual(['http://other', at.url])
  })
})

describe('logging in elsewhere', () => {
  test('takes a token as it is, with the person and the end that it names', async () => {
    const at = await start()
    expect(await at.run('login', '--token', TOKEN)).toBe(0)
    expect(at.kept().servers[at.url]).toEqual({ token: TOKEN, person: 'zoe', expiresAt: NOW + 60_000 })
  })
  test.each(['', 'no-token', 'a.b', 'a.b.c.d', 'a b.c.d'])('%j is no token', async token => {
    const at = await start()
    expect(await at.run('login', '--token', token)).toBe(2)
  })
})

describe('who is logged in', () => {
  test('is told by login alone, and forgotten by logout', async () => {
    const at = await start()
    expect(await at.run('login')).toBe(5)
    await at.run('login', '--token', TOKEN)
    expect(await at.run('login', '-o', 'json')).toBe(0)
    expect(JSON.parse(at.out())).toEqual({ server: at.url, person: 'zoe', expiresAt: new Date(NOW + 60_000).toISOString() })
    expect(await at.run('logout')).toBe(0)
    expect(await at.run('login')).toBe(5)
  })
  test('a file of logins that is broken is told, and not overwritten', async () => {
    const at = await start()
    mkdirSync(join(at.file, '..'), { recursive: true })
    writeFileSync(at.file, '{ "servers": ')
    expect(await at.run('login', '--token', TOKEN)).toBe(1)
    expect(readFileSync(at.file, 'utf8')).toBe('{ "servers": ')
  })
})
