import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import type { Symbols } from '../../shared/kernel/index.ts'
import type { Manifest } from '../../shared/livepatch/index.ts'
import { FINDING_CODES, judgeChange, RULES, type Verdict } from '../../shared/verdict/index.ts'
import { ALL, hotfix, known, livepatch, one, RELEASE, stackOf, three, two } from './examples.ts'

type Scene = Parameters<typeof stackOf>[1] & {
  readonly on?: readonly Manifest[]
  readonly symbols?: Symbols
  readonly also?: readonly Manifest[]
  readonly digestless?: boolean
  /** Loaded, but in no catalog. */
  readonly strangers?: readonly Manifest[]
  readonly route?: 'disable-then-load'
}

const verdictOn = (
  next: Manifest,
  { on = [], also = [], symbols, digestless = false, strangers = [], route, ...given }: Scene,
): Verdict => {
  const stack = stackOf([...on, ...strangers], given)
  const seen = digestless ? { ...stack, livepatches: stack.livepatches.map(entry => ({ ...entry, digest: null })) } : stack
  return judgeChange({
    livepatch: next,
    cohorts: [{ stack: seen, hosts: 3 }],
    known: known(...on, ...also),
    route,
    ...(symbols && { symbols: new Map([[RELEASE, symbols]]) }),
  })
}

const named = (version: string, given: Omit<Parameters<typeof livepatch>[0], 'name' | 'version'> = {}): Manifest =>
  livepatch({ name: `lp_${version}`, version, on: { vmlinux: { functions: ['f'] } }, ...given })

const plain = named('9')
const withStates = named('8', { states: [{ id: '1', version: 2 }] })
const oneWay = named('8', { on: { vmlinux: { functions: ['f'], callbacks: ['post_patch'] } } })
const driver = (...callbacks: readonly (typeof ALL)[number][]) => named('9', { on: { driver: { functions: ['d'], callbacks } } })
const unknown = named('7')
const allocating = named('5', { shadowImports: ['klp_shadow_get_or_alloc', 'klp_shadow_free_all'] })
const getting = named('9', { shadowImports: ['klp_shadow_get'] })
const signed = (signature: Partial<Manifest['signature']>) =>
  named('9', { signature: { present: true, signer: 'CN=somebody', ...signature } })
const symbols = (...names: readonly (readonly [string, number])[]): Symbols =>
  new Map(names.map(([name, occurrences]) => [name, { occurrences }]))

const probe = { object: null, function: 'f', kind: 'kprobe', exclusive: false } as const

/** For every rule: what it finds with which severity, and something like it that it lets pass. */
const CASES: Readonly<
  Record<
    string,
    { readonly severity: Verdict['outcome']; readonly found: readonly [Manifest, Scene]; readonly passed: readonly [Manifest, Scene] }
  >
> = {
  'kernel-release-mismatch': { severity: 'block', found: [named('9', { kernelRelease: '6.12.1' }), {}], passed: [plain, {}] },
  'not-a-livepatch': {
    severity: 'review',
    found: [named('9', { on: {} }), {}],
    passed: [named('9', { on: { vmlinux: { callbacks: ALL } } }), {}],
  },
  'unknown-stack': { severity: 'block', found: [plain, { strangers: [unknown] }], passed: [plain, { on: [one] }] },
  'name-resident': { severity: 'block', found: [one, { resident: [{ manifest: one, refcnt: 1 }] }], passed: [one, { resident: [two] }] },
  'transition-in-progress': { severity: 'block', found: [plain, { on: [one], inTransition: one }], passed: [plain, { on: [one] }] },
  'module-pinned': { severity: 'review', found: [plain, { forced: true }], passed: [plain, { resident: [{ manifest: one, refcnt: 0 }] }] },
  'symbol-missing': { severity: 'block', found: [plain, { symbols: symbols(['g', 1]) }], passed: [plain, { symbols: symbols(['f', 1]) }] },
  'symbol-ambiguous': {
    severity: 'block',
    found: [plain, { symbols: symbols(['f', 2]) }],
    passed: [plain, { symbols: symbols(['f', 1]) }],
  },
  'incompatible-states': {
    severity: 'block',
    found: [plain, { on: [withStates] }],
    passed: [named('9', { states: [{ id: '1', version: 2 }] }), { on: [withStates] }],
  },
  'kernel-refuses': { severity: 'block', found: [named('9', { on: { vmlinux: { functions: ['f', 'f'] } } }), {}], passed: [plain, {}] },
  'missing-callback': { severity: 'block', found: [one, { on: [two] }], passed: [one, { on: [plain] }] },
  'route-not-proved': {
    severity: 'block',
    found: [plain, { on: [oneWay], route: 'disable-then-load' }],
    passed: [one, { on: [two, hotfix], route: 'disable-then-load' }],
  },
  'disable-then-load': {
    severity: 'review',
    found: [one, { on: [two], route: 'disable-then-load' }],
    passed: [one, { route: 'disable-then-load' }],
  },
  'callbacks-skipped': { severity: 'review', found: [three, { on: [two] }], passed: [three, { on: [one] }] },
  'unpaired-callback': {
    severity: 'review',
    found: [oneWay, {}],
    passed: [named('8', { on: { vmlinux: { callbacks: ['post_patch', 'post_unpatch'] } } }), {}],
  },
  'adopts-nothing': {
    severity: 'review',
    found: [named('9', { adopts: ['lp_2:driver:post_unpatch'] }), {}],
    passed: [named('9', { adopts: ['lp_2:vmlinux:post_unpatch'] }), {}],
  },
  'refuses-later-module': {
    severity: 'review',
    found: [driver('pre_patch', 'post_unpatch'), {}],
    passed: [driver('pre_patch', 'post_unpatch'), { targets: ['driver'] }],
  },
  'orphaned-shadow': { severity: 'review', found: [plain, { on: [allocating] }], passed: [getting, { on: [allocating] }] },
  'init-exit-effects': { severity: 'review', found: [getting, { on: [allocating] }], passed: [getting, { on: [one] }] },
  downgrade: { severity: 'review', found: [one, { on: [plain] }], passed: [plain, { on: [one] }] },
  'functions-reverted': { severity: 'review', found: [plain, { on: [hotfix] }], passed: [plain, { on: [one] }] },
  'fixes-lost': { severity: 'review', found: [plain, { on: [one] }], passed: [two, { on: [one] }] },
  'no-way-back': { severity: 'review', found: [oneWay, {}], passed: [two, {}] },
  'way-back-not-atomic': { severity: 'review', found: [two, { on: [one] }], passed: [plain, { on: [one] }] },
  'not-cumulative': { severity: 'review', found: [hotfix, { on: [one] }], passed: [plain, { on: [one] }] },
  'broken-signature': { severity: 'block', found: [signed({ valid: false }), {}], passed: [signed({ valid: true }), {}] },
  'untrusted-signature': {
    severity: 'review',
    found: [signed({ valid: true, trusted: false }), {}],
    passed: [signed({ valid: true, trusted: true }), {}],
  },
  unsigned: { severity: 'review', found: [named('9', { signature: { present: false, signer: null } }), {}], passed: [plain, {}] },
  'stall-likely': {
    severity: 'review',
    found: [named('9', { on: { vmlinux: { functions: ['ep_poll'] } } }), {}],
    passed: [named('9', { on: { driver: { functions: ['ep_poll'] } } }), {}],
  },
  'tracing-conflict': {
    severity: 'block',
    found: [plain, { tracing: { ftraceEnabled: true, tracers: [{ ...probe, exclusive: true }] } }],
    passed: [plain, { on: [one], tracing: { ftraceEnabled: true, tracers: [{ ...probe, exclusive: true }] } }],
  },
  'blinds-tracing': {
    severity: 'review',
    found: [plain, { tracing: { ftraceEnabled: true, tracers: [probe] } }],
    passed: [plain, { tracing: { ftraceEnabled: true, tracers: [{ ...probe, function: 'g' }] } }],
  },
  'stated-not-read': { severity: 'review', found: [named('9', { stated: ['objects'] }), {}], passed: [plain, {}] },
  'release-not-recorded': {
    severity: 'note',
    found: [named('9', { kernelRelease: '5.15.0' }), { kernelRelease: '5.15.0' }],
    passed: [plain, {}],
  },
}

const severitiesOf = (code: string, [next, scene]: readonly [Manifest, Scene]): readonly string[] =>
  verdictOn(next, scene)
    .findings.filter(finding => finding.code === code)
    .map(({ severity }) => severity)

describe.each(RULES.map(rule => [rule.id, rule] as const))('%s', (id, { law }) => {
  const example = CASES[id]
  test(`${law}`, () => {
    expect(example).toBeDefined()
    if (example) expect(severitiesOf(id, example.found)).toEqual([example.severity])
  })

  test('lets pass what is like it and harmless', () => {
    if (example) expect(severitiesOf(id, example.passed)).toEqual([])
  })
})

describe('the less severe forms', () => {
  test.each([
    [
      'a livepatch that somebody else loaded, of a known name, is reviewed',
      'unknown-stack',
      'review',
      plain,
      { on: [one], digestless: true },
    ],
    ['a module of that name that nothing holds is a note', 'name-resident', 'note', one, { on: [two], resident: [one] }],
    ['a driver without pre_patch is a note', 'refuses-later-module', 'note', driver(), {}],
    ['a stated version is a note', 'stated-not-read', 'note', named('9', { stated: ['version'] }), {}],
    ['a malformed signature is blocked', 'broken-signature', 'block', signed({ malformed: 'no PKCS#7' }), {}],
    [
      'an adopted callback is a note',
      'callbacks-skipped',
      'note',
      named('9', { adopts: ['lp_2:vmlinux:pre_unpatch', 'lp_2:vmlinux:post_unpatch'] }),
      { on: [two] },
    ],
    ['hosts that cannot tell who traces are a note', 'blinds-tracing', 'note', plain, { tracing: { ftraceEnabled: true, tracers: null } }],
  ] as const)('%s', (_, code, severity, next, scene: Scene) => {
    expect(severitiesOf(code, [next, scene])).toEqual([severity])
  })
})

describe('hosts that cannot tell who traces', () => {
  test('are not worth a word where none of their functions is patched', () => {
    expect(severitiesOf('blinds-tracing', [driver(), { tracing: { ftraceEnabled: true, tracers: null } }])).toEqual([])
  })
})

describe('hosts that are left out because they were forced', () => {
  const forced = stackOf([two], { forced: true, resident: [{ manifest: one, refcnt: 1 }] })
  const judge = (stricter?: ReadonlyMap<string, string>) =>
    judgeChange({
      livepatch: one,
      cohorts: [
        { stack: forced, hosts: 1 },
        { stack: stackOf([]), hosts: 9 },
      ],
      known: known(),
      stricter,
    })
  const strongest = (verdict: Verdict) => verdict.findings.filter(({ severity }) => severity !== 'note').map(({ code }) => code)

  test('keep no other host from its livepatch, and what a load would do there is still told', () => {
    const verdict = judge()
    expect(verdict.outcome).toBe('review')
    expect(strongest(verdict)).toEqual(['module-pinned'])
    const told = verdict.findings.find(({ code }) => code === 'missing-callback')
    expect(told).toMatchObject({ severity: 'note', evidence: { leftOut: 'module-pinned' } })
  })

  test('are blocked for nothing but that, however strict the owners are', () => {
    expect(judge(new Map([['fixes-lost', 'public hosts']])).outcome).toBe('review')
    expect(judge(new Map([['module-pinned', 'reboot first']])).outcome).toBe('block')
  })
})

describe('a fleet whose owners are stricter', () => {
  const judge = (stricter: ReadonlyMap<string, string>) =>
    judgeChange({ livepatch: plain, cohorts: [{ stack: stackOf([hotfix]), hosts: 1 }], known: known(), stricter })

  test('blocks what would only be reviewed, and keeps the reason', () => {
    const verdict = judge(new Map([['functions-reverted', 'hotfixes are never dropped here']]))
    expect(verdict.outcome).toBe('block')
    const finding = verdict.findings.find(({ code }) => code === 'functions-reverted')
    expect(finding).toMatchObject({ severity: 'block', evidence: { raisedBecause: 'hotfixes are never dropped here' } })
    expect(verdict.findings.find(({ code }) => code === 'fixes-lost')?.severity).toBe('review')
  })

  test('blocks what would only be noted, too', () => {
    const noted = named('9', { stated: ['version'] })
    const verdict = judgeChange({
      livepatch: noted,
      cohorts: [{ stack: stackOf([]), hosts: 1 }],
      known: known(),
      stricter: new Map([['stated-not-read', 'why']]),
    })
    expect(verdict.outcome).toBe('block')
  })
})

describe('every rule', () => {
  test('has the name of its file', () => {
    const files = readdirSync('shared/verdict/rules').map(file => file.replace(/\.ts$/, ''))
    expect(RULES.map(({ id }) => id).toSorted()).toEqual(files.toSorted())
    expect(FINDING_CODES).toEqual(files.toSorted())
  })

  test('and nothing else has a page in docs/findings that says what, why and how to fix it, with an example', () => {
    const pages = readdirSync('docs/findings').map(file => file.replace(/\.md$/, ''))
    expect(pages.toSorted()).toEqual([...RULES.map(({ id }) => id), 'README'].toSorted())
    for (const { id, source } of RULES) {
      const page = readFileSync(`docs/findings/${id}.md`, 'utf8')
      expect(page.split('\n')[0]).toBe(`# ${id}`)
      for (const heading of ['## What', '## Why', '## How to fix it', '## Example']) expect(page).toContain(heading)
      expect(page).toContain(source)
    }
  })

  test('tells in its findings what would close it', () => {
    for (const [id, { found }] of Object.entries(CASES)) {
      const finding = verdictOn(...found).findings.find(({ code }) => code === id)
      expect(finding?.remedy).toMatch(/\.$/)
      expect(finding?.message).toMatch(/\.$/)
    }
  })
})
