import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import * as z from 'zod'
import { RULES } from '../../shared/verdict/index.ts'
import { asBob, offline } from './harness.ts'

const example = (name: string): Buffer => readFileSync(join('examples/livepatches', `${name}.ko`))
const running = (name: string): string =>
  JSON.stringify({
    kernelRelease: '6.1.0-50-amd64',
    livepatches: [{ name, digest: null, enabled: true, transition: false }],
    resident: [],
    targets: [],
    forced: false,
  })
const files = { '1 of 2.ko': example('lp_proc_1'), '2.ko': example('lp_proc_2'), 'runs2.json': running('lp_proc_2') }
const DOWN = ['verdict', '1 of 2.ko', '--stack', 'runs2.json', '--known', '2.ko']

const Message = z.strictObject({ text: z.string().min(1) })
const Uri = z.string().regex(/^[A-Za-z0-9%._~:/-]+$/)
const Index = z.int().min(0)
/** The parts of the standard (OASIS SARIF 2.1.0, sarif-schema-2.1.0.json) that are used; nothing else may stand there. */
const Sarif = z.strictObject({
  $schema: z.url(),
  version: z.literal('2.1.0'),
  runs: z.tuple([
    z.strictObject({
      tool: z.strictObject({
        driver: z.strictObject({
          name: z.string().min(1),
          version: z.string().min(1),
          rules: z.array(
            z.strictObject({
              id: z.string().min(1),
              shortDescription: Message,
              fullDescription: Message.optional(),
              helpUri: z.url(),
              help: Message,
            }),
          ),
        }),
      }),
      artifacts: z.tuple([
        z.strictObject({ location: z.strictObject({ uri: Uri }), hashes: z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/)) }),
      ]),
      results: z.array(
        z.strictObject({
          ruleId: z.string().min(1),
          ruleIndex: Index,
          level: z.enum(['error', 'warning', 'note']),
          message: Message,
          locations: z.tuple([
            z.strictObject({
              physicalLocation: z.strictObject({ artifactLocation: z.strictObject({ uri: Uri, index: Index }) }),
              logicalLocations: z.array(z.strictObject({ name: z.string(), kind: z.string(), fullyQualifiedName: z.string() })).optional(),
            }),
          ]),
          partialFingerprints: z.record(z.string(), z.string()),
          properties: z.record(z.string(), z.unknown()),
        }),
      ),
      properties: z.record(z.string(), z.unknown()),
    }),
  ]),
})

describe('a verdict as SARIF', () => {
  test('has the shape of the standard and points each result to its rule', async () => {
    const ran = await offline([...DOWN, '-o', 'sarif'], files)
    expect(ran.exit).toBe(3)
    const [{ tool, results }] = Sarif.parse(JSON.parse(ran.out)).runs
    expect(results.length).toBeGreaterThan(2)
    for (const { ruleId, ruleIndex } of results) expect(tool.driver.rules[ruleIndex]?.id).toBe(ruleId)
    expect(new Set(results.map(({ partialFingerprints }) => JSON.stringify(partialFingerprints))).size).toBe(results.length)
  })

  test('says every rule, with the page that explains it', async () => {
    const [{ tool }] = Sarif.parse(JSON.parse((await offline([...DOWN, '-o', 'sarif'], files)).out)).runs
    expect(tool.driver.rules.map(({ id }) => id)).toEqual(RULES.map(({ id }) => id))
    for (const { id, helpUri } of tool.driver.rules) {
      expect(helpUri).toBe(`https://supersede.dev/docs/findings/${id}.md`)
      expect(readFileSync(new URL(helpUri).pathname.slice(1), 'utf8')).toContain(`# ${id}`)
    }
  })

  test('what blocks is an error, what is reviewed a warning', async () => {
    const [{ results, properties }] = Sarif.parse(JSON.parse((await offline([...DOWN, '-o', 'sarif'], files)).out)).runs
    expect(properties).toEqual({ outcome: 'block' })
    const levels = new Map(results.map(({ ruleId, level }) => [ruleId, level]))
    expect([levels.get('missing-callback'), levels.get('downgrade')]).toEqual(['error', 'warning'])
  })

  test('names the file as it was given, as a URI', async () => {
    const [{ artifacts, results }] = Sarif.parse(JSON.parse((await offline([...DOWN, '-o', 'sarif'], files)).out)).runs
    expect(artifacts[0].location.uri).toBe('1%20of%202.ko')
    expect(results[0]?.locations[0].physicalLocation.artifactLocation).toEqual({ uri: '1%20of%202.ko', index: 0 })
  })

  test('keeps a finding that only a newer server knows', async () => {
    const finding = { code: 'brand-new', severity: 'note', cohort: null, message: 'It is new.', evidence: {}, remedy: 'Update.' }
    const digest = 'a'.repeat(64)
    const verdict = { schema: 'supersede.verdict/1', livepatch: digest, outcome: 'note', cohorts: [], findings: [finding], ruleSets: {} }
    const ran = await asBob({ simulate: () => ({ body: verdict }) }, ['verdict', digest, '--fleet', 'edge', '-o', 'sarif'])
    expect(ran.exit).toBe(0)
    const [{ tool, results, artifacts }] = Sarif.parse(JSON.parse(ran.out)).runs
    expect(tool.driver.rules[results[0]?.ruleIndex ?? -1]?.id).toBe('brand-new')
    expect(artifacts[0].location.uri).toBe(`modules/${digest}.ko`)
  })
})

describe('--strict', () => {
  test('blocks what would only be reviewed, and keeps the reason', async () => {
    const up = ['verdict', '2.ko', '--stack', 'runs1.json', '--known', '1.ko', '-o', 'json']
    const given = { '1.ko': example('lp_proc_1'), '2.ko': example('lp_proc_2'), 'runs1.json': running('lp_proc_1') }
    expect((await offline(up, given)).exit).toBe(10)
    const ran = await offline([...up, '--strict', 'unsigned=our hosts enforce signatures'], given)
    expect(ran.exit).toBe(3)
    expect(JSON.parse(ran.out).findings).toContainEqual(
      expect.objectContaining({
        code: 'unsigned',
        severity: 'block',
        evidence: expect.objectContaining({ raisedBecause: 'our hosts enforce signatures' }),
      }),
    )
  })

  test.each(['unsigned', 'unsigned=', 'no-such=reason'])('wants a finding that there is, and a reason: %s', async text => {
    expect(await offline([...DOWN, '--strict', text], files)).toMatchObject({ exit: 2, out: '' })
  })

  test('goes to the server with the question', async () => {
    const digest = 'a'.repeat(64)
    const verdict = { livepatch: digest, outcome: 'clear', cohorts: [], findings: [] }
    const ran = await asBob({ simulate: () => ({ body: verdict }) }, ['verdict', digest, '-f', 'edge', '--strict', 'downgrade=x'])
    expect(ran.seen.map(({ body }) => body)).toContainEqual({ livepatch: digest, fleet: 'edge', stricter: { downgrade: 'x' } })
  })
})

describe('--symbols', () => {
  const kallsyms = 'ffffffff81000000 T version_proc_show\nffffffff81000010 T other\n'
  test('finds a function that the kernel does not have', async () => {
    const ran = await offline([...DOWN, '--symbols', 'System.map', '-o', 'json'], { ...files, 'System.map': kallsyms })
    expect(JSON.parse(ran.out).findings.map(({ code }: { code: string }) => code)).toContain('symbol-missing')
  })
  test('refuses a load in a scenario for the same reason', async () => {
    const scenario = {
      name: 'symbols',
      modules: [{ name: 'p1', objects: [{ name: null, funcs: ['cmdline_proc_show'] }] }],
      steps: [{ op: 'load', module: 'p1' }],
    }
    const given = { 's.json': JSON.stringify(scenario), 'System.map': kallsyms }
    expect((await offline(['simulate', 's.json'], given)).out).toContain('$ load p1  OK')
    expect((await offline(['simulate', 's.json', '--symbols', 'System.map'], given)).out).toMatch(/\$ load p1 {2}EINVAL[^$]*not found/)
  })
  test('a file without a symbol is told', async () => {
    expect(await offline(['simulate', 's.json', '--symbols', 'x'], { 's.json': '[]', x: 'nothing' })).toMatchObject({ exit: 1 })
  })
})
