import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { runCommandLine } from '../../cli/run-command-line.ts'
import { home, offline } from './harness.ts'

const stricter = `@id("edge-needs-three") @reason("approvals of three people")
forbid (principal, action == Action::"releaseChange", resource in Fleet::"edge") unless { context.approvals.people >= 3 };`

/** Runs a command line where these files lie in the folder `ours`. */
const withOurs = async (args: readonly string[], files: Readonly<Record<string, string>>) => {
  const at = home()
  mkdirSync(join(at.directory, 'ours'))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(at.directory, 'ours', name)), { recursive: true })
    writeFileSync(join(at.directory, 'ours', name), text)
  }
  const exit = await runCommandLine(args, at.shell)
  return { exit, out: at.out(), err: at.err() }
}

describe('policy check', () => {
  test('the policies of the release are sound, and every rule of them can apply', async () => {
    expect(await offline(['policy', 'check'])).toMatchObject({
      exit: 0,
      err: '',
      out: expect.stringMatching(/^\d+ rules are sound; version [0-9a-f]{64}\n$/),
    })
  })
  test('a team’s folder is checked beside them', async () => {
    const ran = await withOurs(['policy', 'check', 'ours', '-o', 'json'], { 'edge.cedar': stricter })
    expect(ran.exit).toBe(0)
    expect(JSON.parse(ran.out)).toMatchObject({
      unreachable: [],
      policies: expect.arrayContaining([
        { id: 'edge-needs-three', file: 'edge.cedar', effect: 'forbid', reason: 'approvals of three people' },
        expect.objectContaining({ id: 'two-people', file: 'release.cedar' }),
      ]),
    })
  })
  test('a folder with a schema stands alone', async () => {
    const schema = 'entity Person; entity House; action look appliesTo { principal: Person, resource: House };'
    const policy = '@id("look") @reason("All look.") permit (principal, action == Action::"look", resource);'
    const ran = await withOurs(['policy', 'check', 'ours'], { 'own.cedarschema': schema, 'own.cedar': policy })
    expect(ran).toMatchObject({ exit: 0, out: expect.stringMatching(/^1 rule is sound/) })
  })
  test.each([
    ['freezes.json', '{"freezes": [{"name": "f", "reason": "r", "timeZone": "UTC", "every": "day", "from": "1:00", "until": "02:00"}]}'],
    ['settings.json', '{"tiers": {"edge": 1}}'],
  ])('a folder with nothing but %s is checked, too', async (file, wrong) => {
    const right = file === 'freezes.json' ? '{"freezes": []}' : '{}'
    expect(await withOurs(['policy', 'check', 'ours'], { [file]: right })).toMatchObject({ exit: 0, err: '' })
    expect(await withOurs(['policy', 'check', 'ours'], { [file]: wrong })).toMatchObject({ exit: 12, err: expect.stringContaining(file) })
  })
  const faults: readonly (readonly [string, string, RegExp])[] = [
    ['does not parse', 'forbid (principal', /ours: bad\.cedar: /],
    ['speaks of what the schema does not know', stricter.replace('approvals.people', 'approvals.persons'), /edge-needs-three/],
    ['has no reason', stricter.replace(/@reason\(.*\)\n/, '\n'), /@reason/],
    ['has an id that is taken', stricter.replace('edge-needs-three', 'two-people'), /two-people is taken/],
  ]
  test.each(faults)('a rule that %s is refused with its file', async (_, text, told) => {
    expect(await withOurs(['policy', 'check', 'ours'], { 'bad.cedar': text })).toMatchObject({
      exit: 12,
      out: '',
      err: expect.stringMatching(told),
    })
  })
  test('a rule that can never apply is refused, too', async () => {
    const never = '@id("never") @reason("r") forbid (principal is Person, action == Action::"releaseChange", resource);'
    const ran = await withOurs(['policy', 'check', 'ours'], { 'never.cedar': never })
    expect(ran).toMatchObject({ exit: 12, out: expect.stringContaining('never applies: never.cedar: never: ') })
  })
  test('a folder that is not there, or holds nothing, is no sound policy', async () => {
    expect(await offline(['policy', 'check', 'none'])).toMatchObject({ exit: 1, out: '' })
    expect(await withOurs(['policy', 'check', 'ours'], { 'notes.txt': '' })).toMatchObject({ exit: 1, out: '' })
  })
})

describe('policy show', () => {
  test('says in plain words what is needed, and by whom', async () => {
    const { out, exit } = await offline(['policy', 'show', 'edge'])
    expect(exit).toBe(0)
    for (const text of ['approvals of two different people', 'A downgrade, beside that', 'a sign-off of downgrade', 'Nobody approves'])
      expect(out).toContain(text)
  })
  test('shows the calendar of a fleet', async () => {
    const freeze = { name: 'year-end', reason: 'few are there', timeZone: 'UTC', every: 'year', from: '12-18T18:00', until: '01-04T08:00' }
    const files = { 'edge.cedar': stricter, 'freezes.json': JSON.stringify({ freezes: [{ ...freeze, fleets: ['edge'] }] }) }
    const told = 'year-end: every year, 12-18T18:00 to 01-04T08:00 UTC: few are there'
    expect((await withOurs(['policy', 'show', 'edge', '-p', 'ours'], files)).out).toContain(told)
    expect((await withOurs(['policy', 'show', 'core', '-p', 'ours'], files)).out).not.toContain('year-end')
    const wrong = { ...files, 'freezes.json': '{"freezes": [{}]}' }
    expect(await withOurs(['policy', 'check', 'ours'], wrong)).toMatchObject({ exit: 12, err: expect.stringContaining('freezes.json: ') })
  })
  test('shows a team’s rule on its fleet', async () => {
    const ran = await withOurs(['policy', 'show', 'edge', '--policies', 'ours', '-o', 'json'], { 'edge.cedar': stricter })
    expect(JSON.parse(ran.out)).toMatchObject({
      kinds: expect.arrayContaining([
        expect.objectContaining({ kind: 'every change', policies: expect.arrayContaining(['edge-needs-three']) }),
      ]),
    })
  })
})

describe('policy test', () => {
  const example = readFileSync(fileURLToPath(new URL('../../examples/policy-cases.yaml', import.meta.url)), 'utf8')

  test('the cases that are given as an example pass', async () => {
    const ran = await offline(['policy', 'test', 'cases.yaml'], { 'cases.yaml': example })
    expect(ran).toMatchObject({ exit: 0, err: '14 of 14 cases passed\n' })
    expect(ran.out).not.toContain('FAILED')
  })
  test('a case that fails says what came instead, by which rule and why', async () => {
    const ran = await withOurs(['policy', 'test', 'ours/cases.yaml', '-p', 'ours'], { 'edge.cedar': stricter, 'cases.yaml': example })
    expect(ran).toMatchObject({ exit: 1, err: '13 of 14 cases passed\n' })
    expect(ran.out).toContain('FAILED  and are released with it: got deny: by edge-needs-three; approvals of three people')
  })
  test.each([
    ['is no YAML', 'cases: [', /no YAML/],
    ['has no cases', 'case: 1', /no cases\n {2}hint: /],
    ['has a case of another shape', 'cases: [{name: a, who: lifecycle, what: dance, expect: allow}]', /cases\.0\.what/],
  ])('a file that %s is refused', async (_, text, told) => {
    expect(await offline(['policy', 'test', 'cases.yaml'], { 'cases.yaml': text })).toMatchObject({
      exit: 12,
      out: '',
      err: expect.stringMatching(told),
    })
  })
})
