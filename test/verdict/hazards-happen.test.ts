import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { ruleSetFor, type Stack } from '../../shared/kernel/index.ts'
import { type Certificate, Digest, digestOfModule, type Manifest, manifestOf as read, readModule } from '../../shared/livepatch/index.ts'
import { judgeChange, RULES, type Verdict } from '../../shared/verdict/index.ts'
import { guestSymbols } from '../conformance/guest.ts'
import { stackOf } from './examples.ts'
import { hazardRecordings, manifestOf, type Recording, recordings, type Step, spoken, stackBefore } from './recording.ts'

/*
 * Every rule with one case in which it speaks and the hazard then happens, and one in which neither is so. What happens on a machine is a
 * recording of a real kernel (`file/scenario/step`); what is told of a file or of a kernel's release is told of real files.
 */

type Case = {
  readonly of: Recording
  /** The step at which a livepatch is loaded. */
  readonly at: number
  /** What no recording says of a livepatch. */
  readonly more?: Readonly<Record<string, Partial<Manifest>>>
  /** What a host would have told of tracing. */
  readonly tracing?: Stack['tracing']
  /** The step before which the route begins, where it is one of several steps. */
  readonly from?: number
}

const KERNEL = '6.1'
const all = new Map<string, Recording>(
  [
    ...['own', 'by-hand', 'versions', 'stalled', 'routes'].map(file => [file, recordings(KERNEL, file)] as const),
    ['hazards', hazardRecordings(KERNEL)] as const,
  ].flatMap(([file, all]) => all.map(each => [`${file}/${each.name}`, each] as const)),
)
const recorded = (place: string, more: NonNullable<Case['more']> = {}): Case => {
  const [, name = '', step = ''] = /^(.*)\/(\d+)$/.exec(place) ?? []
  const of = all.get(name)
  if (!of) throw new Error(`there is no recording ${name}`)
  return { of, at: Number(step), more }
}

/** What is known when the load comes, what the verdict says of it, and what came then. */
type Seen = Pick<Case, 'of' | 'at'> & {
  readonly next: Manifest
  readonly step: Step
  readonly earlier: readonly Step[]
  readonly later: readonly Step[]
  /** Livepatches that are gone from sysfs after the load. */
  readonly replaced: readonly Manifest[]
  readonly verdict: Verdict
}

/** By the route disable-then-load, from this step to the load. */
const byDisabling = (place: string, from: number): Case => ({ ...recorded(place), from })

const seen = ({ of, at, more = {}, tracing, from = at }: Case): Seen => {
  const livepatches = of.modules.filter(({ kind }) => kind === 'livepatch')
  const version = (name: string): string => /\d+$/.exec(name)?.[0] ?? '1'
  const known = new Map(
    livepatches.map(each => [each.name, manifestOf(each, of.kernel, { version: version(each.name), ...more[each.name] })]),
  )
  const step = of.steps[at]
  const next = known.get(step?.module ?? '')
  if (!step || !next) throw new Error(`step ${at} of ${of.name} loads no livepatch`)
  const earlier = of.steps.slice(0, from)
  const before = earlier.at(-1)
  const order = earlier.flatMap(({ op, module, rc }) => (op === 'load' && rc === 'OK' && module !== undefined ? [module] : []))
  const listed = [...new Set(order.toReversed())].toReversed()
  const stack = { ...stackBefore(of, before, listed, known), ...(tracing && { tracing }) }
  const gone = Object.keys(before?.patches ?? {}).filter(name => !step.patches[name])
  const symbols = new Map([[of.kernel, guestSymbols(of.kernel)]])
  const route = from === at ? undefined : 'disable-then-load'
  const verdict = judgeChange({ livepatch: next, cohorts: [{ stack, hosts: 1 }], known, symbols, route })
  return { of, at, next, step, earlier, later: of.steps.slice(at + 1), replaced: gone.flatMap(name => known.get(name) ?? []), verdict }
}

const undoing = ({ name, objects }: Manifest): readonly string[] =>
  objects.flatMap(object =>
    (['pre_unpatch', 'post_unpatch'] as const)
      .filter(kind => object.callbacks[kind] !== undefined)
      .map(kind => `${name}:${object.name ?? 'vmlinux'}:${kind}`),
  )
const saidIn = (steps: readonly Step[]): ReadonlySet<string> => new Set(steps.flatMap(({ log }) => spoken(log)))
const logged = (steps: readonly Step[], words: RegExp): boolean => steps.some(({ log }) => log.some(line => words.test(line)))

/** What replaced livepatches would have undone, and nobody ever does. */
const neverUndone = ({ step, later, replaced }: Seen): boolean => {
  const said = saidIn([step, ...later])
  return replaced.flatMap(undoing).some(callback => !said.has(callback))
}
const goesBackToOriginal = ({ earlier, step }: Seen): boolean =>
  Object.entries(step.calls).some(([probe, by]) => by === 'orig' && !['orig', undefined].includes(String(earlier.at(-1)?.calls[probe])))
const disabledWithoutUndoing = ({ next, step, later }: Seen): boolean => {
  const end = later.find(({ op, rc, patches }) => op === 'enabled' && rc === 'OK' && !patches[next.name])
  const applied = spoken(step.log).some(callback => callback.startsWith(`${next.name}:`))
  return applied && end !== undefined && !spoken(end.log).some(callback => callback.startsWith(`${next.name}:`))
}
const refusedWith =
  (rc: string) =>
  ({ step }: Seen): boolean =>
    step.rc === rc

const FORWARD = recorded('own/downgrade-and-back/1')
const adopting = (callback: 'pre_unpatch' | 'post_unpatch'): Case =>
  recorded('own/takes-over-one-callback/4', { p2: { adopts: [{ livepatch: 'p1', object: null, callback, source: 'module' }] } })

/** Somebody watches the original code of this function; nobody comes there while another one answers for it. */
const PROBE = { object: null, function: 'cmdline_proc_show', kind: 'kprobe', exclusive: false } as const
const ALLOCATING = { p1: { shadowImports: ['klp_shadow_alloc'] } }
const USING = { shadowImports: ['klp_shadow_get'] }
const FIXING = { p1: { fixes: ['CVE-2026-0001'] } }

const CASES: Readonly<Record<string, { found: Case; passed: Case; happens: (seen: Seen) => boolean }>> = {
  'name-resident': {
    found: recorded('stalled/stall-4021-4/9'),
    passed: recorded('versions/x4-load-twice/7'),
    happens: refusedWith('EEXIST'),
  },
  'transition-in-progress': {
    found: recorded('by-hand/11-blocked-enable-reverse/3'),
    passed: recorded('by-hand/02-stack-two/1'),
    happens: refusedWith('EBUSY'),
  },
  'module-pinned': {
    found: recorded('by-hand/14-force-disable-pins-module/10'),
    passed: recorded('versions/x4-load-twice/7'),
    happens: ({ earlier }) => earlier.some(({ op, module, rc, patches }) => op === 'unload' && rc === 'EAGAIN' && !patches[module ?? '']),
  },
  'symbol-missing': {
    found: recorded('own/vmlinux-symbols/2'),
    passed: recorded('own/vmlinux-symbols/10'),
    happens: ({ step }) => step.rc === 'EINVAL' && logged([step], /symbol '\w+' not found in symbol table/),
  },
  'symbol-ambiguous': {
    found: recorded('own/vmlinux-symbols/0'),
    passed: recorded('own/vmlinux-symbols/10'),
    happens: ({ step }) => step.rc === 'EINVAL' && logged([step], /unresolvable ambiguity/),
  },
  'incompatible-states': {
    found: recorded('by-hand/10-states/5'),
    passed: recorded('by-hand/10-states/3'),
    happens: ({ step }) => step.rc === 'EINVAL' && logged([step], /is not compatible with the already installed livepatches/),
  },
  'kernel-refuses': {
    found: recorded('own/long-names/0'),
    passed: recorded('own/long-names/1'),
    happens: ({ step }) => step.rc !== 'OK',
  },
  'tracing-conflict': {
    found: { ...recorded('own/ftrace-switched-off/2'), tracing: { ftraceEnabled: false, tracers: [] } },
    passed: { ...recorded('own/ftrace-switched-off/4'), tracing: { ftraceEnabled: false, tracers: [] } },
    happens: ({ step }) => step.rc === 'EBUSY' && logged([step], /failed to register ftrace handler/),
  },
  'blinds-tracing': {
    found: { ...recorded('own/shadow-survives/1'), tracing: { ftraceEnabled: true, tracers: [PROBE] } },
    passed: { ...recorded('own/shadow-survives/3'), tracing: { ftraceEnabled: true, tracers: [PROBE] } },
    happens: ({ next, step }) => step.calls['vmlinux:cmdline_proc_show'] === next.name,
  },
  'not-a-livepatch': {
    found: recorded('by-hand/18-bad-modules/1'),
    passed: recorded('by-hand/01-enable-disable/0'),
    happens: ({ next, step }) => step.patches[next.name] !== undefined && !Object.values(step.calls).includes(next.name),
  },
  'missing-callback': {
    found: recorded('by-hand/03-atomic-replace/3'),
    passed: recorded('by-hand/02-stack-two/1'),
    happens: neverUndone,
  },
  'route-not-proved': {
    found: byDisabling('routes/route-leaves-behind/3', 1),
    passed: byDisabling('routes/route-downgrade/5', 2),
    happens: ({ of, at }) =>
      spoken(of.steps.flatMap(({ log }) => log)).includes('p4:vmlinux:pre_patch') &&
      !spoken(of.steps.slice(0, at + 1).flatMap(({ log }) => log)).includes('p4:vmlinux:post_unpatch'),
  },
  'disable-then-load': {
    found: byDisabling('routes/route-downgrade/5', 2),
    passed: recorded('own/downgrade-and-back/3'),
    happens: ({ of, at }) =>
      of.steps
        .slice(0, at)
        .some(
          ({ patches, calls }, step) => step > 0 && Object.keys(patches).length === 0 && Object.values(calls).every(by => by === 'orig'),
        ),
  },
  'callbacks-skipped': { found: recorded('own/dup-positions/3'), passed: recorded('by-hand/02-stack-two/1'), happens: neverUndone },
  'unpaired-callback': {
    found: recorded('stalled/stall-4021-126/3'),
    passed: recorded('by-hand/01-enable-disable/0'),
    happens: disabledWithoutUndoing,
  },
  'no-way-back': {
    found: recorded('stalled/stall-4021-126/3'),
    passed: recorded('by-hand/01-enable-disable/0'),
    happens: disabledWithoutUndoing,
  },
  'adopts-nothing': {
    found: adopting('pre_unpatch'),
    passed: adopting('post_unpatch'),
    happens: ({ next, earlier }) => next.adopts.some(({ livepatch, callback }) => !saidIn(earlier).has(`${livepatch}:vmlinux:${callback}`)),
  },
  'refuses-later-module': {
    found: recorded('by-hand/07-coming-pre-patch-fails/2'),
    passed: recorded('own/shadow-survives/1'),
    happens: ({ later }) =>
      later.some(({ op, rc, log }) => op === 'load' && rc === 'ENODEV' && log.some(line => /pre-patch callback failed/.test(line))),
  },
  'orphaned-shadow': {
    found: recorded('own/shadow-survives/3', ALLOCATING),
    passed: recorded('own/shadow-survives/1', ALLOCATING),
    happens: ({ replaced, later }) =>
      replaced.length > 0 &&
      logged(
        later.filter(({ modules }) => !modules['p1']),
        /shadow get 1 5 -> 9/,
      ),
  },
  'init-exit-effects': {
    found: recorded('hazards/init-exit-effects/3', { counter_1: { shadowImports: ['klp_shadow_free_all'] }, counter_2: USING }),
    passed: recorded('hazards/orphaned-shadow/3', { counter_1: ALLOCATING.p1, counter_2: USING }),
    happens: ({ later }) => logged(later, /shadow get 1 \d -> null/),
  },
  downgrade: {
    found: recorded('own/downgrade-and-back/3'),
    passed: FORWARD,
    happens: ({ next, step, replaced }) =>
      Object.values(step.calls).includes(next.name) && replaced.some(({ version }) => Number(version) > Number(next.version)),
  },
  'functions-reverted': {
    found: recorded('own/shadow-survives/3'),
    passed: recorded('own/shadow-survives/1'),
    happens: goesBackToOriginal,
  },
  'fixes-lost': {
    found: recorded('own/shadow-survives/3', FIXING),
    passed: recorded('own/shadow-survives/1', FIXING),
    happens: goesBackToOriginal,
  },
  'way-back-not-atomic': {
    found: recorded('own/way-back-leaves-behind/1'),
    passed: FORWARD,
    happens: ({ next, later }) =>
      undoing(next).some(callback => !saidIn(later).has(callback)) && later.at(-1)?.patches[next.name] === undefined,
  },
  'not-cumulative': {
    found: recorded('by-hand/02-stack-two/1'),
    passed: recorded('own/shadow-survives/3'),
    happens: ({ step }) => Object.keys(step.patches).length > 1,
  },
  'stall-likely': {
    found: recorded('by-hand/20-vmlinux-blocked-fifo/1'),
    passed: FORWARD,
    happens: ({ next, step }) => step.patches[next.name]?.transition === '1',
  },
}

describe.each(Object.entries(CASES))('%s', (code, { found, passed, happens }) => {
  const speaks = ({ verdict }: Seen): boolean => verdict.findings.some(finding => finding.code === code && finding.severity !== 'note')
  test(`is found in ${found.of.name}, and happens`, () => {
    const case_ = seen(found)
    expect({ found: speaks(case_), happens: happens(case_) }).toEqual({ found: true, happens: true })
  })
  test(`is not found in ${passed.of.name}, and does not happen`, () => {
    const case_ = seen(passed)
    expect({ found: speaks(case_), happens: happens(case_) }).toEqual({ found: false, happens: false })
  })
})

const keys: readonly Certificate[] = readdirSync('test/data/ko/keys').map(file => ({
  name: file.replace('.pem', ''),
  bytes: readFileSync(`test/data/ko/keys/${file}`),
}))
const OTHERS: readonly Certificate[] = keys.filter(({ name }) => name === 'ec')

/** Only what a file does not say of itself may be stated. */
const STATED = { series: 'given', version: '1' }
const OBJECTS = [{ name: null, functions: [{ name: 'f', sympos: '0' }], callbacks: {} }]
const FILES: Readonly<Record<string, { readonly folder: string; readonly statement: object }>> = {
  lp_proc_2: { folder: 'examples/livepatches', statement: {} },
  lp_dynamic: { folder: 'test/data/ko/given', statement: { ...STATED, objects: OBJECTS, states: [], replace: true } },
}

/** A module file as it was built, with what its file does not say. */
const file = async (name: string, certificates: readonly Certificate[] = keys): Promise<Manifest> => {
  const { folder, statement } = FILES[name] ?? { folder: 'test/data/ko/given', statement: STATED }
  const bytes = readFileSync(`${folder}/${name}.ko`)
  const module = await readModule(bytes, { certificates })
  if (!module.ok) throw new Error(module.error.reason)
  const made = read(module.module, statement, {
    digest: Digest.parse(digestOfModule(bytes)),
    size: bytes.length,
  })
  if (!made.ok) throw new Error(made.error.reason)
  return made.manifest
}

type Told = () => Promise<readonly [livepatch: Manifest, kernelRelease: string]>
const on =
  (name: string, certificates = keys, release?: string): Told =>
  async () => {
    const manifest = await file(name, certificates)
    return [manifest, release ?? manifest.kernelRelease]
  }

/** What is told of files that were built and signed, and of kernels; nothing has to be loaded for it. */
const FACTS: Readonly<Record<string, { readonly found: Told; readonly passed: Told }>> = {
  'broken-signature': { found: on('lp_signed_tampered'), passed: on('lp_signed_sha256') },
  'untrusted-signature': { found: on('lp_signed_sha256', OTHERS), passed: on('lp_signed_sha256') },
  unsigned: { found: on('lp_basic'), passed: on('lp_signed_sha256') },
  'stated-not-read': { found: on('lp_dynamic'), passed: on('lp_proc_2') },
  'kernel-release-mismatch': { found: on('lp_basic', keys, '6.12.1'), passed: on('lp_basic') },
  'release-not-recorded': { found: on('lp_basic', keys, '5.15.0'), passed: on('lp_basic') },
}

describe.each(Object.entries(FACTS))('%s', (code, { found, passed }) => {
  const codes = async ([livepatch, kernelRelease]: readonly [Manifest, string]): Promise<readonly string[]> =>
    judgeChange({ livepatch, cohorts: [{ stack: stackOf([], { kernelRelease }), hosts: 1 }], known: new Map() }).findings.map(
      finding => finding.code,
    )
  test('is told of one real file and not of another', async () => {
    expect(await codes(await found())).toContain(code)
    expect(await codes(await passed())).not.toContain(code)
  })
})

describe('unknown-stack', () => {
  test('two livepatches that a host reports alike leave different things behind', () => {
    const [quiet, loud] = [recorded('own/reported-alike-quiet/1'), recorded('own/reported-alike-loud/1')]
    expect(quiet.of.steps[0]?.patches).toEqual(loud.of.steps[0]?.patches)
    expect(neverUndone(seen(quiet))).toBe(false)
    expect(neverUndone(seen(loud))).toBe(true)
  })
})

test('every rule has such an example', () => {
  expect([...Object.keys(CASES), ...Object.keys(FACTS), 'unknown-stack'].toSorted()).toEqual(RULES.map(({ id }) => id).toSorted())
  expect([ruleSetFor('5.15.0').recorded, ruleSetFor(KERNEL).recorded]).toEqual([false, true])
})
