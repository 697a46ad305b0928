import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { COMMANDS } from '../../cli/command-table.ts'
import { EXIT } from '../../cli/exit-codes.ts'
import { offline } from './harness.ts'
import { referencePage } from './reference-page.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

describe('every command', () => {
  test.each(COMMANDS.map(({ path }) => [path.join(' ')]))('%s tells its options and gives examples', async name => {
    const ran = await offline([...name.split(' '), '--help'])
    expect(ran).toMatchObject({ exit: 0, err: '' })
    expect(ran.out).toContain('-o, --output <format>')
    expect(ran.out).toContain(`Examples:\n  $ supersede ${name}`)
  })
  test.each(COMMANDS.map(command => [command.path.join(' '), command] as const))('%s can be loaded', async (_, { load }) => {
    expect(typeof (await load()).run).toBe('function')
  })
})

describe('help and mistakes', () => {
  test('help tells every exit code', async () => {
    const { out, exit } = await offline(['--help'])
    expect(exit).toBe(0)
    for (const [code, meaning] of Object.values(EXIT)) expect(out).toContain(`${code}  ${meaning}`)
  })
  test.each([['inspect'], ['diff']])('%s tells its own exit codes', async name => {
    expect((await offline([name, '--help'])).out).toMatch(/\n\nExit codes:\n(?: {2,3}\d+ {2}.+\n)+$/)
  })
  test('--version prints the version, wherever a command has an option of that name', async () => {
    expect(await offline(['--version'])).toMatchObject({ exit: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
    expect((await offline(['change', 'pause', 'x', '--version', 'y'])).err).toContain('--version takes a whole number')
  })
  const mistakes: readonly (readonly string[])[] = [
    ['dance'],
    ['change', 'dance'],
    ['change', 'show'],
    ['change', 'show', 'a', 'b'],
    ['change', 'list', '--sideways'],
    ['change', 'list', '-o', 'xml'],
    ['change', 'list', '--limit', '0'],
    ['change', 'list', '--limit', 'many'],
    ['change', 'propose', '--fleet', 'edge'],
    ['history', '--day', 'today'],
    ['change'],
  ]
  test.each(mistakes.map(args => [args.join(' '), args] as const))('%s is a usage error, told on stderr', async (_, args) => {
    const ran = await offline(args)
    expect(ran).toMatchObject({ exit: 2, out: '' })
    expect(ran.err).not.toBe('')
  })
})

test('docs/cli.md is made from the table of commands', async () => {
  const file = `${root}docs/cli.md`
  const page = await referencePage()
  if (process.env['REWRITE']) writeFileSync(file, page)
  expect(readFileSync(file, 'utf8')).toBe(page)
})

describe('as a program', () => {
  const supersede = (...args: readonly string[]) =>
    spawnSync('node', ['cli/supersede.cjs', ...args], {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, XDG_CONFIG_HOME: '/nonexistent' },
    })

  test('reads a module, writes data to stdout only, and exits 0', () => {
    const ran = supersede('inspect', 'examples/livepatches/lp_proc_1.ko', '-o', 'json')
    expect(ran).toMatchObject({ status: 0, stderr: '' })
    expect(JSON.parse(ran.stdout)).toMatchObject({ name: 'lp_proc_1' })
  })
  test('passes its exit code on', () => {
    expect(supersede('inspect', 'package.json').status).toBe(12)
    expect(supersede('change', 'list').status).toBe(5)
  })
  test('loads for a plain command neither the module reader nor the kernel, so that it starts fast', () => {
    const script = `
      import { registerHooks } from 'node:module'
      const loaded = []
      registerHooks({ load: (url, context, next) => { loaded.push(url); return next(url, context) } })
      process.argv = [process.argv[0], 'supersede', 'change', 'list', '--url', 'http://127.0.0.1:9']
      await import(${JSON.stringify(`${root}cli/main.ts`)})
      process.stdout.write(JSON.stringify(loaded.filter(url => /shared|node_modules/.test(url))))`
    const ran = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, XDG_CONFIG_HOME: '/nonexistent', NODE_OPTIONS: '' },
    })
    const loaded: readonly string[] = JSON.parse(ran.stdout)
    expect(
      loaded.filter(url =>
        /shared\/(?!operations\/)|node_modules\/(?!commander|ulid|cli-table3|string-width|strip-ansi|ansi-regex|emoji-regex|is-fullwidth)/.test(
          url,
        ),
      ),
    ).toEqual([])
    expect(loaded.some(url => url.includes('shared/operations'))).toBe(true)
  })
})
