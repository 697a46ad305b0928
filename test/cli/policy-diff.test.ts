import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { runCommandLine } from '../../cli/run-command-line.ts'
import { loadPolicies, planDefaults, policyTextsOf } from '../../shared/policy/index.ts'
import { type Routes, startDouble } from './contract-double.ts'
import { home, logIn, stopLater } from './harness.ts'

const house = fileURLToPath(new URL('../../shared/policy/cedar/', import.meta.url))
const deployed = readdirSync(house).map(path => ({ path, from: 'deployed', text: readFileSync(join(house, path), 'utf8') }))
const DIGEST = 'cd'.repeat(32)
const approval = (by: string, group: string) => ({
  by,
  name: by,
  groups: [group],
  at: '2026-11-20T11:30:00.000Z',
  comment: '',
  signOff: [],
})
const past = (id: string, fleet: string, over: object = {}) => ({
  ...{ id, fleet, status: 'completed', digest: DIGEST, proposer: 'alice', proposedAt: '2026-11-20T11:00:00.000Z' },
  ...{ plan: planDefaults, changesRequested: [], approvals: [approval('bob', 'kernel-maintainers'), approval('carol', 'security')] },
  timeline: [
    { at: '2026-11-20T11:00:00.000Z', type: 'proposed' },
    { at: '2026-11-20T12:00:00.000Z', type: 'released' },
  ],
  ...over,
})
const finding = { code: 'unsigned', severity: 'review', cohort: null, message: 'm', evidence: {}, remedy: 'r' }
const verdict = {
  schema: 'supersede.verdict/1',
  livepatch: 'a'.repeat(64),
  outcome: 'review',
  cohorts: [],
  findings: [finding],
  ruleSets: {},
}
const CHANGES = [
  past('edge-1', 'edge'),
  past('core-1', 'core'),
  past('core-2', 'core', {
    status: 'declined',
    approvals: [approval('bob', 'kernel-maintainers')],
    changesRequested: [{ by: 'carol', name: 'Carol', digest: DIGEST, reason: 'soak longer', at: '2026-11-20T12:30:00.000Z' }],
    timeline: [{ at: '2026-11-21T00:00:00.000Z', type: 'expired' }],
  }),
  past('new-1', 'core', { status: 'proposed', digest: null, approvals: [] }),
]
const routesOf = (changes: readonly ReturnType<typeof past>[]): Routes => ({
  'list-changes': ({ query }) => {
    const items = changes.filter(({ fleet }) => fleet === (query['fleet'] ?? fleet))
    const from = Number(query['cursor'] ?? 0)
    return { body: { items: items.slice(from, from + 2), ...(items.length > from + 2 ? { next: String(from + 2) } : {}) } }
  },
  'show-change': ({ path }) => ({ body: changes.find(({ id }) => id === path['change']) }),
  'show-verdict': ({ path }) => ({ body: { change: path['change'], digest: DIGEST, view: DIGEST, verdict } }),
  'show-policies': () => ({
    body: {
      version: 'v',
      edition: 3,
      faults: [],
      fleet: null,
      words: {},
      schema: readFileSync(join(house, 'schema.cedarschema'), 'utf8'),
      files: deployed.filter(({ path }) => !path.endsWith('schema')),
    },
  }),
})

const diff = async (args: readonly string[], folders: Readonly<Record<string, Readonly<Record<string, string>>>>, changes = CHANGES) => {
  const double = await startDouble(routesOf(changes))
  stopLater(double.stop)
  const at = home({ env: { SUPERSEDE_URL: double.url } })
  logIn(at, double.url)
  for (const [folder, files] of Object.entries(folders))
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(join(at.directory, folder, file, '..'), { recursive: true })
      writeFileSync(join(at.directory, folder, file), text)
    }
  const exit = await runCommandLine(['policy', 'diff', ...args], at.shell)
  return { exit, out: at.out(), err: at.err() }
}
const three =
  '@id("edge-three") @reason("approvals of three people") forbid (principal, action == Action::"releaseChange", resource in Fleet::"edge") unless { context.approvals.people >= 3 };'
const harmless =
  '@id("harmless") @reason("a thousand waves") forbid (principal, action in Action::"move", resource) when { context.plan.waves > 1000 };'

describe('policy diff', () => {
  test('names the past changes that other policies would have decided otherwise, by which rule', async () => {
    const ran = await diff(['ours'], { ours: { 'fleets/edge/three.cedar': three } })
    expect(ran).toMatchObject({ exit: 13, err: '1 of 3 past changes would have been decided otherwise\n' })
    expect(ran.out).toMatch(/edge-1 +edge +completed +released +held back +edge-three/)
    expect(ran.out).not.toContain('core-')
  })
  test('says that there is none', async () => {
    expect(await diff(['ours'], { ours: { 'harmless.cedar': harmless } })).toMatchObject({
      exit: 0,
      out: '',
      err: '0 of 3 past changes would have been decided otherwise\n',
    })
  })
  test('compares two folders, also where the later one lets more through', async () => {
    const strict = { 'settings.json': '{"stricter": {"core": {"unsigned": "hosts load signed modules only"}}}', 'harmless.cedar': harmless }
    const ran = await diff(['strict', 'ours', '--fleet', 'core', '-o', 'json'], { strict, ours: { 'harmless.cedar': harmless } })
    expect(ran.exit).toBe(13)
    expect(JSON.parse(ran.out)).toMatchObject({
      otherwise: ['core-1'],
      changes: [
        { id: 'core-1', before: ['a verdict without blocking findings'], after: [], policies: ['never-with-a-blocking-finding'] },
        {
          id: 'core-2',
          before: expect.arrayContaining(['approvals of two different people: one more']),
          after: expect.arrayContaining([
            'approvals of two different people: one more',
            expect.stringMatching(/request for changes by Carol: soak longer/),
          ]),
        },
      ],
    })
  })
  test('goes by the time at which a change was decided on', async () => {
    const freeze = { name: 'friday', reason: 'r', timeZone: 'UTC', from: '2026-11-20T11:45', until: '2026-11-20T12:15' }
    const files = { 'harmless.cedar': harmless, 'freezes.json': JSON.stringify({ freezes: [freeze] }) }
    const ran = await diff(['ours', '-o', 'json'], { ours: files })
    expect(JSON.parse(ran.out)).toMatchObject({ otherwise: ['edge-1', 'core-1'] })
  })
  test('counts nobody’s approval who may not give one', async () => {
    const nobody = '@id("not-bob") @reason("Bob left.") forbid (principal == Person::"bob", action == Action::"approveChange", resource);'
    expect(JSON.parse((await diff(['ours', '-o', 'json'], { ours: { 'own.cedar': nobody } })).out)).toMatchObject({
      otherwise: ['edge-1', 'core-1'],
    })
  })
  describe('replays an emergency', () => {
    const at = '2026-11-20T11:20:00.000Z'
    const incident = { incident: 'INC-7', reason: 'exploited' }
    const emergency = (over: object) =>
      past('edge-7', 'edge', {
        approvals: [approval('bob', 'kernel-maintainers')],
        breakGlass: { ...incident, passes: ['two-people', 'security-reviews-risk', 'own'] },
        confirmation: { by: 'carol', name: 'Carol', at },
        ...over,
      })
    const own = (more: string) => ({
      'own.cedar': `@id("own") @breakable("true") @reason("ten people") forbid (principal, action == Action::"releaseChange", resource)
        unless { context.approvals.people >= 10 } ${more};`,
    })
    const passable = own('unless { context.breakGlass.confirmed && context.breakGlass.passes.contains("own") }')
    const quick = { 'settings.json': '{"breakGlass": {"confirmSecondsMax": 600}}', 'harmless.cedar': harmless }
    const rows: readonly (readonly [
      sentence: string,
      over: object,
      files: Readonly<Record<string, string>>,
      otherwise: readonly string[],
    ])[] = [
      ['that passes the other policies as well', {}, passable, []],
      ['that nobody confirmed, and that the policies in force do not release', { confirmation: null }, passable, []],
      [
        'that does not name what it would have to pass',
        { breakGlass: { ...incident, passes: ['two-people', 'security-reviews-risk'] } },
        passable,
        ['edge-7'],
      ],
      ['that was confirmed too late for the other policies', {}, quick, ['edge-7']],
    ]
    test.each(rows)('%s', async (_, over, files, otherwise) => {
      const ran = await diff(['ours', '--fleet', 'edge', '-o', 'json'], { ours: files }, [emergency(over)])
      expect(JSON.parse(ran.out)).toMatchObject({ otherwise })
    })
  })
  test('knows who built the livepatch', async () => {
    const built =
      '@id("built") @reason("a builder of the house") forbid (principal, action == Action::"releaseChange", resource) unless { resource has builder && resource.builder == Person::"dora" };'
    const ran = await diff(['ours', '-o', 'json'], { ours: { 'own.cedar': built } }, [
      past('one', 'edge', { builder: 'dora' }),
      past('two', 'edge'),
    ])
    expect(JSON.parse(ran.out)).toMatchObject({ otherwise: ['two'] })
  })
  test('opens the waves again, too, when they opened', async () => {
    const opened = { at: '2026-11-20T13:00:00.000Z', type: 'wave-opened' }
    const changes = [past('one', 'edge', { timeline: [...past('', '').timeline, opened, { ...opened, at: '2026-11-20T15:00:00.000Z' }] })]
    const settings = (until: string) =>
      JSON.stringify({ windows: { edge: [{ name: 'w', timeZone: 'UTC', every: 'day', from: '13:00', until }] } })
    const ran = async (until: string) =>
      JSON.parse(
        (await diff(['ours', '-o', 'json'], { ours: { 'settings.json': settings(until), 'harmless.cedar': harmless } }, changes)).out,
      )
    expect(await ran('16:00')).toMatchObject({ otherwise: [] })
    expect(await ran('14:00')).toMatchObject({
      otherwise: ['one'],
      changes: [{ after: [expect.stringMatching(/^for the wave at 2026-11-20T15:00Z: an open maintenance window: w /)] }],
    })
  })
  test('names the policies in force by the version that the server has, edition and all', async () => {
    const { before } = JSON.parse((await diff(['ours', '-o', 'json'], { ours: { 'harmless.cedar': harmless } })).out)
    const texts = policyTextsOf(Object.fromEntries(readdirSync(house).map(path => [path, readFileSync(join(house, path), 'utf8')])))
    expect(before).toBe(loadPolicies({ ...texts, edition: 3 }).version)
  })
  test('refuses a folder that is not sound', async () => {
    expect(await diff(['ours'], { ours: { 'own.cedar': 'forbid' } })).toMatchObject({
      exit: 12,
      err: expect.stringContaining('ours: own.cedar'),
    })
  })
})
