import { createHash } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { compareVersions, Manifest } from '../../shared/livepatch/index.ts'
import { versionKey } from '../../shared/store/catalog.ts'
import { type Verdict, verdictDigest } from '../../shared/verdict/index.ts'
import { stack } from '../fleet/examples.ts'
import { NOON, newId } from './examples.ts'
import { openStore } from './open-store.ts'

const opened = openStore()
const digestOfText = (text: string): string => createHash('sha256').update(text).digest('hex')

const manifest = (name: string, over: Record<string, unknown> = {}): Manifest =>
  Manifest.parse({
    schema: 'supersede.manifest/1',
    digest: digestOfText(name),
    size: 4_096,
    name,
    series: `series-${name.toLowerCase().replaceAll('_', '-')}`,
    version: '1',
    kernelRelease: '6.1.0-13-amd64',
    arch: 'x86_64',
    replace: true,
    objects: [{ name: null, functions: [{ name: 'cmdline_proc_show', sympos: '0' }], callbacks: { pre_patch: null } }],
    states: [],
    shadowImports: [],
    fixes: ['CVE-2026-1'],
    adopts: [],
    license: 'GPL',
    srcversion: null,
    depends: [],
    signature: { present: false, signer: null },
    stated: ['series'],
    ...over,
  })

describe('the catalog', () => {
  test('keeps a manifest as it was submitted', async () => {
    const one = manifest('kept')
    expect(await opened.store.catalog.submit(one, NOON, 'alice')).toEqual({ ok: true, outcome: 'stored' })
    expect(await opened.store.catalog.manifest(one.digest)).toEqual(one)
    expect(await opened.store.catalog.byName('kept')).toEqual(one)
  })

  test('the same bytes again are present, and change nothing', async () => {
    const one = manifest('again')
    await opened.store.catalog.submit(one, NOON, 'alice')
    expect(await opened.store.catalog.submit({ ...one, fixes: ['CVE-2026-2'] }, NOON, 'bob')).toEqual({ ok: true, outcome: 'present' })
    expect(await opened.store.catalog.manifest(one.digest)).toEqual(one)
    expect([await opened.store.catalog.author('again'), await opened.store.catalog.author('never')]).toEqual(['alice', null])
  })

  test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['the same module name', {}, { name: 'taken_0', series: 'other' }],
    ['the same version of the same series', { series: 'line-1', version: '3' }, { name: 'other_1', series: 'line-1', version: '3' }],
    ['the same version in other digits', { series: 'line-2', version: '3' }, { name: 'other_2', series: 'line-2', version: '3.0.0' }],
  ])('%s with other bytes is taken, and nothing of it is kept', async (_, first, second) => {
    const name = `taken_${first['series'] === undefined ? 0 : String(first['series']).slice(-1)}`
    const one = manifest(name, first)
    const other = manifest(name, { ...second, digest: digestOfText(`${name} other`) })
    await opened.store.catalog.submit(one, NOON, 'alice')
    expect(await opened.store.catalog.submit(other, NOON, 'bob')).toEqual({ ok: false, error: 'taken', by: one.digest })
    expect(await opened.store.catalog.manifest(other.digest)).toBeNull()
    if (other.name !== one.name) expect(await opened.store.catalog.byName(other.name)).toBeNull()
  })

  test('of ten submissions of the same bytes at once one stores', async () => {
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => opened.store.catalog.submit(manifest('at_once'), NOON, 'alice')))
    expect(outcomes.filter(outcome => outcome.ok && outcome.outcome === 'stored')).toHaveLength(1)
    expect(outcomes.every(({ ok }) => ok)).toBe(true)
  })

  test('what is not there is nothing', async () => {
    expect(await opened.store.catalog.manifest('f'.repeat(64))).toBeNull()
    expect(await opened.store.catalog.byName('nobody')).toBeNull()
    expect(await opened.store.catalog.verdict('f'.repeat(64))).toBeNull()
    expect(await opened.store.catalog.manifests([])).toEqual(new Map())
  })

  test('many manifests come by their digests, those that are there', async () => {
    const ones = ['many_1', 'many_2', 'many_3'].map(name => manifest(name))
    for (const one of ones) await opened.store.catalog.submit(one, NOON, 'alice')
    const found = await opened.store.catalog.manifests([...ones.map(({ digest }) => digest), ones[0]?.digest ?? '', 'f'.repeat(64)])
    expect([...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1))).toEqual(ones)
  })

  test('a manifest with twelve thousand functions comes back whole', async () => {
    const functions = Array.from({ length: 12_000 }, (_, index) => ({ name: digestOfText(`f${index}`), sympos: '0' }))
    const one = manifest('large', { objects: [{ name: null, functions, callbacks: {} }] })
    await opened.store.catalog.submit(one, NOON, 'alice')
    expect(await opened.store.catalog.manifest(one.digest)).toEqual(one)
    expect((await opened.store.catalog.manifests([one.digest])).get(one.digest)).toEqual(one)
  })
})

describe('livepatches are listed', () => {
  test('by series in the order of their versions, newest first, a page at a time', async () => {
    const versions = ['2', '10', '1.5', '2.0.1', '1']
    for (const version of versions)
      await opened.store.catalog.submit(manifest(`v_${version.replaceAll('.', '_')}`, { series: 'listed', version }), NOON, 'alice')
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await opened.store.catalog.list({ series: 'listed' }, { limit: 2, cursor })
      seen.push(...page.items.map(({ version }) => version))
      cursor = page.next
    } while (cursor !== undefined)
    expect(seen).toEqual([...versions].sort(compareVersions).reverse())
  })

  test('all of them newest first', async () => {
    await opened.store.catalog.submit(manifest('newest'), NOON + 86_400_000, 'alice')
    expect((await opened.store.catalog.list({}, { limit: 1 })).items[0]?.name).toBe('newest')
  })

  test('keys of versions order and equal as versions do', () => {
    const version = fc.array(fc.nat(20), { minLength: 1, maxLength: 4 }).map(numbers => numbers.join('.'))
    fc.assert(
      fc.property(version, version, (a, b) => {
        const keys = versionKey(a) < versionKey(b) ? -1 : versionKey(a) > versionKey(b) ? 1 : 0
        expect(keys).toBe(Math.sign(compareVersions(a, b)))
      }),
    )
  })
})

describe('verdicts', () => {
  const verdict = (log: readonly string[]): Verdict => ({
    schema: 'supersede.verdict/1',
    livepatch: 'a'.repeat(64),
    outcome: 'clear',
    cohorts: [
      {
        cohort: 'c'.repeat(64),
        hosts: 3,
        stack: stack('lp_fix_1'),
        result: 'OK',
        stackAfter: ['lp_fix_2'],
        log: [...log],
        functions: { kept: [], added: ['vmlinux:cmdline_proc_show'], reverted: [] },
        fixes: { gained: [], lost: [] },
        callbacks: { run: [], skipped: [] },
        downgrade: false,
        wayBack: 'replace',
      },
    ],
    findings: [],
    ruleSets: { '6.1.0-13-amd64': { rules: '6.1', recorded: true } },
  })

  test('are named by their content, so that storing one twice is storing it once', async () => {
    const one = verdict([newId()])
    const digest = await opened.store.catalog.putVerdict(one)
    expect(digest).toBe(verdictDigest(one))
    expect(await opened.store.catalog.putVerdict(one)).toBe(digest)
    expect(await opened.store.catalog.verdict(digest)).toEqual(one)
  })

  test('of a megabyte that does not pack come back whole, from several items', async () => {
    const one = verdict(Array.from({ length: 20_000 }, (_, index) => digestOfText(`line ${index}`)))
    const before = opened.wire.sent.length
    const digest = await opened.store.catalog.putVerdict(one)
    expect(opened.wire.sent.slice(before).filter(operation => operation === 'PutItem').length).toBeGreaterThan(1)
    expect(await opened.store.catalog.verdict(digest)).toEqual(one)
  })

  test('whose writing was cut are not there, and can be written again', async () => {
    const one = verdict(Array.from({ length: 20_000 }, (_, index) => digestOfText(`cut ${index}`)))
    let puts = 0
    opened.wire.mishap = operation => (operation === 'PutItem' && puts++ > 0 ? 'killed' : undefined)
    await expect(opened.store.catalog.putVerdict(one)).rejects.toThrow('the process ended here')
    opened.wire.mishap = () => undefined
    expect(await opened.store.catalog.verdict(verdictDigest(one))).toBeNull()
    expect(await opened.store.catalog.verdict(await opened.store.catalog.putVerdict(one))).toEqual(one)
  })
})
