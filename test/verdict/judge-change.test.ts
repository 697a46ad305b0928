import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import type { Manifest } from '../../shared/livepatch/index.ts'
import { judgeChange, Verdict, verdictDigest } from '../../shared/verdict/index.ts'
import { ALL, hotfix, known, livepatch, one, stackOf, three, two } from './examples.ts'

type Given = Parameters<typeof stackOf>[1] & { readonly also?: readonly Manifest[] }

/** The verdict on one cohort of ten hosts that run these livepatches. */
const judge = (next: Manifest, running: readonly Manifest[], { also = [], ...given }: Given = {}): Verdict =>
  judgeChange({ livepatch: next, cohorts: [{ stack: stackOf(running, given), hosts: 10 }], known: known(...running, ...also) })

const codes = (verdict: Verdict): readonly string[] => verdict.findings.map(({ code, severity }) => `${severity} ${code}`)

const only = (verdict: Verdict) => {
  const [cohort] = verdict.cohorts
  if (!cohort || verdict.cohorts.length > 1) throw new Error('one cohort was expected')
  return cohort
}

const later = livepatch({ name: 'lp_4', version: '4', on: { vmlinux: { functions: ['f', 'g'] } } })
const onDriver = livepatch({ name: 'lp_d', version: '2', on: { driver: { functions: ['d'], callbacks: ['post_patch', 'pre_unpatch'] } } })

describe('the three cohorts of the demo fleet, upgraded to 2', () => {
  const cohorts = [[], [one], [one, hotfix]].map((running, index) => ({ stack: stackOf(running), hosts: 10 + index }))
  const verdict = judgeChange({ livepatch: two, cohorts, known: known() })

  test('may go ahead after review', () => {
    expect(verdict.outcome).toBe('review')
    expect(verdict.cohorts.map(({ result }) => result)).toEqual(['OK', 'OK', 'OK'])
    expect(verdict.cohorts.map(({ stackAfter }) => stackAfter)).toEqual([['lp_2'], ['lp_2'], ['lp_2']])
  })

  test('lose the hotfix, and the approver is told which function and fix', () => {
    const reverted = verdict.findings.find(({ code }) => code === 'functions-reverted')
    expect(reverted?.evidence).toEqual({ livepatch: 'lp_2', reverted: { count: 1, names: ['vmlinux:x'] } })
    expect(verdict.findings.find(({ code }) => code === 'fixes-lost')?.evidence).toMatchObject({ lost: { names: ['CVE-2026-0009'] } })
  })

  test('can go back by disabling, and what that exposes is said before anybody moves', () => {
    expect(verdict.cohorts.map(({ wayBack }) => wayBack)).toEqual(['disable-then-load', 'disable-then-load', 'disable-then-load'])
    const back = verdict.findings.filter(({ code }) => code === 'way-back-not-atomic')
    expect(back).toHaveLength(2)
    expect(back[0]?.severity).toBe('review')
  })
})

describe('the downgrade guard', () => {
  const verdict = judge(one, [two], { resident: [one] })
  const blocked = verdict.findings.find(({ severity }) => severity === 'block')

  test('blocks the way from 2 back to 1, which the kernel would have allowed', () => {
    expect(only(verdict).result).toBe('OK')
    expect(only(verdict).downgrade).toBe(true)
    expect(verdict.outcome).toBe('block')
    expect(blocked?.code).toBe('missing-callback')
  })

  test('names livepatch, object, callback and what is left behind', () => {
    expect(blocked?.evidence).toMatchObject({ livepatch: 'lp_2', object: null, callback: 'pre_unpatch' })
    expect(blocked?.message).toContain('lp_2:vmlinux:post_unpatch')
    expect(blocked?.message).toContain("what lp_2's pre_patch did to vmlinux, which its post_unpatch (lp_post_unpatch) would have undone")
  })

  test('says what would close it: the smallest bridge, the route by disabling, or a statement', () => {
    expect(blocked?.evidence['bridge']).toMatchObject({
      replace: true,
      series: 'lp',
      version: '2.1',
      objects: [{ name: null, functions: [], callbacks: { post_patch: 'undo_on_vmlinux' } }],
      states: [],
      fixes: [],
    })
    expect(blocked?.evidence['route']).toMatchObject({
      disables: ['lp_2'],
      loads: ['lp_1'],
      proved: true,
      meanwhile: { exposes: ['CVE-2026-0001', 'CVE-2026-0002'], functions: 2, secondsMin: 0 },
    })
    expect(blocked?.remedy).toContain('adopts lp_2:vmlinux:pre_unpatch, lp_2:vmlinux:post_unpatch')
  })
})

const sameStates = { states: [{ id: '7', version: 2 }] }
const withStates = livepatch({ name: 'lp_s', version: '5', on: { vmlinux: { callbacks: ALL } }, ...sameStates })
const unpaired = livepatch({ name: 'lp_u', version: '5', on: { vmlinux: { callbacks: ['post_patch'] } } })

describe('how an obligation is met', () => {
  const older = (given: Partial<Parameters<typeof livepatch>[0]>) => livepatch({ name: 'lp_older', version: '1.5', ...given })
  const adoptsBoth = ['lp_2:vmlinux:pre_unpatch', 'lp_2:vmlinux:post_unpatch']
  const cases: readonly (readonly [string, Manifest, Manifest, string | undefined])[] = [
    ['by callbacks on the same object of a newer livepatch', three, two, 'review callbacks-skipped'],
    ['not by a newer livepatch that has none there', later, two, 'block missing-callback'],
    ['not by callbacks of an older livepatch', older({ on: { vmlinux: { callbacks: ALL } } }), two, 'block missing-callback'],
    [
      'not by callbacks of another series',
      livepatch({ name: 'other', series: 'other', version: '9', on: { vmlinux: { callbacks: ALL } } }),
      two,
      'block missing-callback',
    ],
    ['by adopting each of them, even when older', older({ adopts: adoptsBoth }), two, 'note callbacks-skipped'],
    ['not by adopting some of them', older({ adopts: adoptsBoth.slice(0, 1) }), two, 'block missing-callback'],
    [
      'by the same states in the same version, even when older',
      older({ on: { vmlinux: { callbacks: ALL } }, ...sameStates }),
      withStates,
      'note callbacks-skipped',
    ],
    ['not by a state in an older version', older({ states: [{ id: '7', version: 1 }] }), withStates, 'block incompatible-states'],
    ['not where nothing of the livepatch itself would undo it', later, unpaired, 'block missing-callback'],
    ['and there is none where the object is not loaded', later, onDriver, undefined],
  ]
  test.each(cases)('%s', (_, next, running, expected) => {
    const found = codes(judge(next, [running])).filter(code => /callback|states/.test(code))
    expect(found[0]).toBe(expected)
  })

  test('an object that is loaded leaves one', () => {
    const verdict = judge(later, [onDriver], { targets: ['driver'] })
    expect(verdict.findings.find(({ code }) => code === 'missing-callback')?.evidence).toMatchObject({
      livepatch: 'lp_d',
      object: 'driver',
      callback: 'pre_unpatch',
    })
  })

  test('what an earlier replace left open is still open for the next one', () => {
    expect(codes(judge(one, [later], { resident: [two], also: [two] }))).toContain('block missing-callback')
    expect(codes(judge(one, [later]))).not.toContain('block missing-callback')
  })
})

describe('the way back', () => {
  const oneWay = livepatch({ name: 'lp_o', version: '8', on: { vmlinux: { callbacks: ['post_patch'] } } })
  test.each([
    ['is an atomic replace where nothing would be left behind', later, [one], 'replace'],
    ['is to disable and load again where callbacks would be skipped', two, [one], 'disable-then-load'],
    ['is to disable what went to hosts without a livepatch', two, [], 'disable-then-load'],
    ['is to disable what was stacked on top', hotfix, [one], 'disable-then-load'],
    ['needs a bridge where not even disabling would undo it', oneWay, [one], 'bridge'],
    ['is none where there is nothing to build a bridge to', oneWay, [], 'none'],
  ] as const)('%s', (_, next, running, way) => {
    expect(only(judge(next, running)).wayBack).toBe(way)
  })

  test('over the route that disables is offered for a blocked change only if it was proved', () => {
    const route = (running: Manifest) => judge(one, [running]).findings.find(({ code }) => code === 'missing-callback')?.evidence['route']
    expect(route(two)).toMatchObject({ proved: true, reasons: [] })
    expect(route(oneWay)).toMatchObject({ proved: false, reasons: ['nothing undoes lp_o:vmlinux:post_patch'] })
  })
})

describe('what the kernel would refuse', () => {
  const elsewhere = livepatch({ name: 'lp_other', version: '9', kernelRelease: '6.12.1' })
  const cases: readonly (readonly [string, Verdict, string, string])[] = [
    ['another kernel release', judge(elsewhere, []), 'kernel-release-mismatch', 'ENOEXEC'],
    ['a state that is not taken over', judge(two, [three]), 'incompatible-states', 'EINVAL'],
    ['a module of that name in use', judge(one, [], { resident: [{ manifest: one, refcnt: 1 }] }), 'name-resident', 'EEXIST'],
    ['a livepatch under another that runs already', judge(one, [one, hotfix]), 'name-resident', 'EEXIST'],
    ['another transition', judge(two, [one], { inTransition: one }), 'transition-in-progress', 'EBUSY'],
    [
      'the same function twice',
      judge(livepatch({ name: 'lp_t', version: '9', on: { vmlinux: { functions: ['f', 'f'] } } }), []),
      'kernel-refuses',
      'EEXIST',
    ],
  ]
  test.each(cases)('%s is blocked with the errno that the simulated kernel gives', (_, verdict, code, result) => {
    expect(verdict.findings.find(({ severity }) => severity === 'block')?.code).toBe(code)
    expect(only(verdict).result).toBe(result)
  })
})

describe('a verdict', () => {
  test('is clear for hosts that run the livepatch already', () => {
    const verdict = judge(two, [two], { resident: [one] })
    expect(verdict.outcome).toBe('clear')
    expect(only(verdict)).toMatchObject({ result: 'OK', stackAfter: ['lp_2'] })
  })

  test('notes a livepatch that is in transition already', () => {
    expect(codes(judge(two, [one, two], { inTransition: two }))).toEqual(['note transition-in-progress'])
  })

  test('has no answer where a livepatch of the stack is not known', () => {
    const verdict = judgeChange({ livepatch: two, cohorts: [{ stack: stackOf([later]), hosts: 1 }], known: known() })
    expect(codes(verdict)).toEqual(['block unknown-stack'])
    expect(only(verdict).result).toBeNull()
  })

  test('has no answer either where the bytes are not those of the known livepatch', () => {
    const other = { ...one, digest: three.digest }
    expect(codes(judgeChange({ livepatch: two, cohorts: [{ stack: stackOf([other]), hosts: 1 }], known: known() }))).toEqual([
      'block unknown-stack',
    ])
  })

  test('does not depend on the order of the cohorts, and adds up those with the same stack', () => {
    const cohorts = [stackOf([one]), stackOf([]), stackOf([one])].map(stack => ({ stack, hosts: 3 }))
    const forth = judgeChange({ livepatch: two, cohorts, known: known() })
    const back = judgeChange({ livepatch: two, cohorts: cohorts.toReversed(), known: known() })
    expect(verdictDigest(forth)).toBe(verdictDigest(back))
    expect(forth.cohorts.map(({ hosts }) => hosts).sort()).toEqual([3, 6])
  })

  test('passes its own schema and survives JSON', () => {
    const verdict = judge(one, [two])
    expect(Verdict.parse(JSON.parse(JSON.stringify(verdict)))).toEqual(verdict)
  })

  test('names the rule set of each kernel release, and whether it was recorded', () => {
    expect(judge(two, []).ruleSets).toEqual({ '6.1.0-50-amd64': { rules: '6.1', recorded: true } })
  })
})

test('a verdict of before code was compared is still read, under its own digest', () => {
  const { digest, verdict } = JSON.parse(readFileSync('test/data/verdict/verdict-before-code.json', 'utf8'))
  const read = Verdict.parse(verdict)
  expect(verdictDigest(read)).toBe(digest)
  expect(read.cohorts.map(({ functions }) => functions.rePatched)).toEqual([undefined, undefined])
})

describe('what is exposed in between by disabling', () => {
  const sleepy = (name: string, version: string, functions: readonly string[]) =>
    livepatch({ name, version, on: { vmlinux: { functions, callbacks: ALL } }, fixes: [`CVE-2026-${version.padStart(4, '0')}`] })
  const route = (next: Manifest, running: readonly Manifest[]) => only(judge(next, running, { also: [next, ...running] })).byDisabling

  test('is told where callbacks would be skipped, and only there', () => {
    expect(route(one, [two])).toMatchObject({ disables: ['lp_2'], loads: ['lp_1'], proved: true, reasons: [] })
    expect(route(two, [one])).toBeUndefined()
    expect(only(judge(two, [one])).backByDisabling).toMatchObject({ disables: ['lp_2'], loads: ['lp_1'] })
    expect(only(judge(two, [])).backByDisabling).toBeUndefined()
  })

  test('disables the newest first, and counts every function that runs original code meanwhile', () => {
    expect(route(one, [two, hotfix])).toMatchObject({ disables: ['hotfix', 'lp_2'], meanwhile: { functions: 3 } })
  })

  test('lasts as long as the kernel leaves sleepers alone, once for each transition that waits for some', () => {
    const [old, recent] = [sleepy('lp_5', '5', ['ep_poll', 'f']), sleepy('lp_6', '6', ['ep_poll'])]
    const [calm, awake] = [sleepy('lp_7', '7', ['f']), sleepy('lp_8', '8', ['g'])]
    const seconds = (next: Manifest, running: Manifest) => route(next, [running])?.meanwhile
    expect(seconds(old, recent)).toMatchObject({
      secondsMin: 28,
      because: expect.stringMatching(/ep_poll \(every event loop waits here\).* 2 transitions/),
    })
    expect(seconds(old, calm)).toMatchObject({ secondsMin: 14, because: expect.stringContaining('1 transition;') })
    expect(seconds(calm, awake)).toMatchObject({ secondsMin: 0, because: expect.stringContaining('may end at once') })
  })

  test('is not promised where the disabled livepatch leaves something behind', () => {
    const careless = livepatch({
      name: 'lp_9',
      version: '9',
      on: { vmlinux: { functions: ['f'], callbacks: ['pre_patch', 'post_patch', 'pre_unpatch'] } },
    })
    expect(route(one, [careless])).toMatchObject({
      proved: false,
      reasons: [expect.stringMatching(/^nothing undoes lp_9:vmlinux:pre_patch/)],
    })
  })
})
