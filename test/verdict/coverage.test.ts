import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { stackDigest } from '../../shared/kernel/index.ts'
import type { Manifest } from '../../shared/livepatch/index.ts'
import { admittedStacks, judgeChange, type Verdict, worseThan } from '../../shared/verdict/index.ts'
import { hotfix, known, livepatch, one, stackOf, three, two } from './examples.ts'

const judge = (next: Manifest, ...stacks: readonly ReturnType<typeof stackOf>[]): Verdict =>
  judgeChange({ livepatch: next, cohorts: stacks.map(stack => ({ stack, hosts: 1 })), known: known() })

describe('the stacks that may load', () => {
  const fine = stackOf([one])

  test('are those where the load succeeds and nothing blocks it', () => {
    expect(admittedStacks(judge(two, fine, stackOf([three])))).toEqual([stackDigest(fine)])
  })

  test('are none of those on which a transition was forced', () => {
    expect(admittedStacks(judge(two, fine, stackOf([one], { forced: true })))).toEqual([stackDigest(fine)])
  })

  test('are none where the livepatch itself is blocked', () => {
    const broken = livepatch({ name: 'lp_9', version: '9', signature: { present: true, signer: null, valid: false } })
    expect(admittedStacks(judge(broken, fine))).toEqual([])
  })
})

describe('a verdict worked out again by the route disable-then-load', () => {
  const route = (...running: readonly Manifest[]): Verdict =>
    judgeChange({
      livepatch: one,
      cohorts: [{ stack: stackOf(running), hosts: 1 }],
      known: known(...running),
      route: 'disable-then-load',
    })
  const sleepy = livepatch({ name: 'lp_2', version: '2', on: { vmlinux: { functions: ['f', 'g', 'ep_poll'] } }, fixes: two.fixes })

  test('is no worse on the same stack, and on one where nothing has to be disabled', () => {
    expect(worseThan(route(two), route(two))).toEqual([])
    expect(worseThan(route(), route(two))).toEqual([])
  })

  test('is worse where another fix is absent in between, or for longer', () => {
    const more = { ...two, fixes: [...two.fixes, 'CVE-2026-0077'] }
    expect(worseThan(route(more), route({ ...two, fixes: ['CVE-2026-0001', 'CVE-2026-0002'] })).join(' ')).toContain(
      'CVE-2026-0077 would not be fixed in between',
    )
    expect(worseThan(route(sleepy), route(two)).join(' ')).toContain('it would be in between for at least 14 s')
  })

  test('is worse where the route is not proved', () => {
    const careless = livepatch({ name: 'lp_2', version: '2', on: { vmlinux: { functions: ['f'], callbacks: ['pre_patch'] } } })
    expect(worseThan(route(careless), route(two)).join(' ')).toContain('block route-not-proved')
  })
})

describe('a verdict worked out again', () => {
  const approved = judge(two, stackOf([one]))
  const rows: readonly (readonly [string, Verdict, unknown])[] = [
    ['on the same stack is no worse', judge(two, stackOf([one])), []],
    ['on a stack that differs in a driver of no matter is no worse', judge(two, stackOf([one], { targets: ['ext4'] })), []],
    ['on a stack where nothing is lost and nothing to review is no worse', judge(two, stackOf([])), []],
    [
      'on a stack that loses what nobody approved is worse, and it is said on which hosts and what',
      judge(two, stackOf([one, hotfix])),
      [
        expect.stringMatching(/^1 host with lp_1 \+ hotfix \(stack [0-9a-f]{12}\): review functions-reverted: 1 function would go back/),
        expect.stringMatching(/review fixes-lost: CVE-2026-0009 would be lost: lp_2 does not claim to fix it/),
        expect.stringMatching(/: 1 function would go back to original code \(vmlinux:x\)$/),
        expect.stringMatching(/: CVE-2026-0009 would be lost$/),
      ],
    ],
    [
      'that is blocked is worse',
      judge(two, stackOf([three])),
      expect.arrayContaining([expect.stringContaining('block missing-callback: ')]),
    ],
    [
      'that finds something about the livepatch itself is worse',
      judgeChange({
        livepatch: { ...two, signature: { present: false, signer: null } },
        cohorts: [{ stack: stackOf([one]), hosts: 1 }],
        known: known(),
      }),
      [expect.stringMatching(/^review unsigned: /)],
    ],
  ]
  test.each(rows)('%s', (_, again, worse) => {
    expect(worseThan(again, approved)).toEqual(worse)
  })

  test('is compared with one approved cohort at a time: what two lose apart, none loses together', () => {
    const other = livepatch({ name: 'other', version: '1', series: 'other', replace: false, on: { vmlinux: { functions: ['y'] } } })
    const judgeAll = (...stacks: readonly ReturnType<typeof stackOf>[]): Verdict =>
      judgeChange({ livepatch: two, cohorts: stacks.map(stack => ({ stack, hosts: 1 })), known: known(other) })
    const both = judgeAll(stackOf([one, hotfix]), stackOf([one, other]))
    expect(worseThan(judgeAll(stackOf([one, other], { targets: ['ext4'] })), both)).toEqual([])
    expect(worseThan(judgeAll(stackOf([one, hotfix, other])), both)).toEqual([expect.stringContaining('would go back to original code')])
  })

  test('is worse where the same finding is about a livepatch, or a tracer, that nobody saw', () => {
    const stranger = livepatch({ name: 'lp_0', version: '0', on: { vmlinux: { functions: ['f'] } }, fixes: ['CVE-2026-0001'] })
    const judgeOn = (stack: ReturnType<typeof stackOf>): Verdict =>
      judgeChange({ livepatch: two, cohorts: [{ stack, hosts: 1 }], known: known(stranger) })
    expect(worseThan(judgeOn(stackOf([stranger])), judgeOn(stackOf([one])))).toEqual([
      expect.stringMatching(/way-back-not-atomic with lp_0, which no approved stack with these findings has/),
    ])
    const traced = (name: string): Verdict =>
      judgeOn(
        stackOf([one], {
          tracing: { ftraceEnabled: true, tracers: [{ object: null, function: name, kind: 'kprobe', exclusive: false }] },
        }),
      )
    expect(worseThan(traced('f'), traced('f'))).toEqual([])
    expect(worseThan(traced('g'), traced('f'))).toEqual([expect.stringContaining('other functions are traced there')])
  })

  const shapes: fc.Arbitrary<readonly Manifest[]> = fc.constantFrom([], [one], [one, hotfix], [hotfix], [three], [two], [one, three])
  test('is never worse than itself, nor is a part of it; and what is added as blocked is always worse', () => {
    fc.assert(
      fc.property(fc.uniqueArray(shapes, { minLength: 1, maxLength: 5 }), fc.nat(4), (stacks, index) => {
        const whole = judge(two, ...stacks.map(running => stackOf(running)))
        const part = judge(two, stackOf(stacks[index % stacks.length] ?? []))
        expect(worseThan(whole, whole)).toEqual([])
        expect(worseThan(part, whole)).toEqual([])
        if (part.outcome === 'block') expect(worseThan(part, judge(two, stackOf([one]), stackOf([])))).not.toEqual([])
      }),
    )
  })

  const judgedOn = (stacks: readonly (readonly Manifest[])[], drivers: readonly boolean[]): Verdict =>
    judge(two, ...stacks.map((running, index) => stackOf(running, { targets: drivers[index] === true ? ['ext4'] : [] })))
  test('asks for no sign-off that the approved one did not ask for, where it is no worse', () => {
    const facts = ({ outcome, cohorts, findings }: Verdict) => ({
      outcome: ['clear', 'note', 'review', 'block'].indexOf(outcome),
      review: findings.flatMap(({ code, severity }) => (severity === 'note' ? [] : [code])),
      downgrade: cohorts.some(cohort => cohort.downgrade),
      taken: cohorts.flatMap(({ functions, fixes, callbacks }) => [...functions.reverted, ...fixes.lost, ...callbacks.skipped]),
    })
    const some = fc.array(shapes, { minLength: 1, maxLength: 4 })
    let compared = 0
    fc.assert(
      fc.property(some, some, fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }), (before, now, drivers) => {
        const [approved, again] = [judgedOn(before, []), judgedOn(now, drivers)]
        if (worseThan(again, approved).length > 0) return
        compared += 1
        const [then, here] = [facts(approved), facts(again)]
        if (here.outcome >= 2) expect(then.outcome).toBeGreaterThanOrEqual(here.outcome)
        expect(then.review).toEqual(expect.arrayContaining(here.review))
        expect(then.taken).toEqual(expect.arrayContaining(here.taken))
        expect(then.downgrade || !here.downgrade).toBe(true)
      }),
      { numRuns: 300 },
    )
    expect(compared).toBeGreaterThan(20)
  })
})
