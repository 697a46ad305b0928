import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { HOST_STATES } from '../../shared/fleet/index.ts'
import { closingCounts, exceededBudget, isFilled, judgeWave, type SlotTally, standingOf, waveCounts } from '../../shared/rollout/index.ts'
import { evenFleet, plan } from './examples.ts'

const counts = (over = {}) => ({ hosts: 100, applied: 0, failed: 0, stalled: 0, silent: 0, pending: 0, ...over })
const anyStates = fc.dictionary(fc.constantFrom(...HOST_STATES), fc.nat(5))
const anySlots: fc.Arbitrary<SlotTally[]> = fc
  .array(anyStates, { maxLength: 100 })
  .chain(list =>
    fc
      .array(fc.nat(5), { minLength: list.length, maxLength: list.length })
      .map(quiet =>
        list.map((states, slot) => ({ slot, states, hosts: Object.values(states).reduce((a, b) => a + b, 0) + (quiet[slot] ?? 0) })),
      ),
  )
const anyShare = fc.integer({ min: 1, max: 100 }).map(slots => slots * 100)
const parts = (c: ReturnType<typeof waveCounts>) => c.applied + c.failed + c.stalled + c.silent + c.pending

describe('what a host state means for a wave', () => {
  test.each([
    ['applied', 'applied'],
    ['apply-failed', 'failed'],
    ['quarantined', 'failed'],
    ['kernel-upgrade-required', 'failed'],
    ['superseded', 'failed'],
    ['transition-stalled', 'stalled'],
    ['forced', 'left-out'],
    ['silent', 'silent'],
    ['in-transition', 'moving'],
    ['reversing', 'moving'],
    ['pending', 'waiting'],
    ['unapplied', 'waiting'],
    ['reboot-pending', 'waiting'],
    ['a state of tomorrow', 'waiting'],
  ])('%s is %s', (state, standing) => {
    expect(standingOf(state)).toBe(standing)
  })

  test('only what says applied counts as applied', () => {
    expect(HOST_STATES.filter(state => standingOf(state) === 'applied')).toEqual(['applied'])
  })
})

describe('the counts of a wave', () => {
  test('hold the slots of the open share and no others', () => {
    expect(waveCounts(500, evenFleet(4, { applied: 3 }))).toEqual(counts({ hosts: 20, applied: 15, pending: 5 }))
    expect(waveCounts(10_000, evenFleet(4, { applied: 3 }))).toEqual(counts({ hosts: 400, applied: 300, pending: 100 }))
  })

  test('a host that has not answered is pending while the wave runs and silent when it closes', () => {
    const slots = evenFleet(2, { applied: 1 })
    expect(waveCounts(500, slots)).toEqual(counts({ hosts: 10, applied: 5, pending: 5 }))
    expect(closingCounts(500, slots)).toEqual(counts({ hosts: 10, applied: 5, silent: 5 }))
  })

  test('a host that was forced earlier is left out: it neither fills a wave nor halts it', () => {
    const slots = evenFleet(10, { applied: 7, forced: 3 })
    expect(waveCounts(500, slots)).toEqual(counts({ hosts: 35, applied: 35 }))
    expect(judgeWave(plan(), 0, slots)).toMatchObject({ gate: 'pass', counts: { hosts: 35, stalled: 0, silent: 0 } })
    expect(isFilled(waveCounts(500, evenFleet(10, { applied: 6, forced: 3 })))).toBe(false)
  })

  test('a host that is in transition when the wave closes has stalled', () => {
    expect(closingCounts(500, evenFleet(1, { 'in-transition': 1 }))).toEqual(counts({ hosts: 5, stalled: 5 }))
  })

  test('every host is in exactly one part, before and after closing', () => {
    fc.assert(
      fc.property(anyShare, anySlots, (share, slots) => {
        const [open, closed] = [waveCounts(share, slots), closingCounts(share, slots)]
        expect(parts(open)).toBe(open.hosts)
        expect(parts(closed)).toBe(closed.hosts)
        expect(closed.pending).toBe(0)
        expect([closed.hosts, closed.applied, closed.failed]).toEqual([open.hosts, open.applied, open.failed])
      }),
    )
  })
})

describe('a wave is filled', () => {
  test.each([
    [true, 'when all have applied', { applied: 100 }],
    [true, 'when the rest has failed or stalled', { applied: 90, failed: 6, stalled: 4 }],
    [true, 'when it has no host', { hosts: 0 }],
    [false, 'not while one is pending', { applied: 99, pending: 1 }],
    [false, 'not by silence', { applied: 99, silent: 1 }],
  ])('%s: %s', (filled, _, over) => {
    expect(isFilled(counts(over))).toBe(filled)
  })
})

describe('the gate of a wave', () => {
  test.each([
    ['nothing', {}, null],
    ['as many as allowed', { failed: 2, stalled: 2, silent: 2 }, null],
    ['one more failed than the count', { failed: 3 }, 'failed'],
    ['one more stalled than the count', { stalled: 3 }, 'stalled'],
    ['one more silent than the count', { silent: 3 }, 'silent'],
    ['within the count but above the share of a small wave', { hosts: 10, failed: 2 }, 'failed'],
    ['exactly the share of a small wave', { hosts: 10, failed: 1 }, null],
    ['all three, of which the first is named', { failed: 9, stalled: 9, silent: 9 }, 'failed'],
  ])('%s', (_, over, budget) => {
    expect(exceededBudget(plan(), counts(over))?.budget ?? null).toBe(budget)
  })

  test('passes a wave in which all applied', () => {
    expect(judgeWave(plan(), 0, evenFleet(4, { applied: 4 }))).toEqual({ gate: 'pass', counts: counts({ hosts: 20, applied: 20 }) })
  })

  test('halts with a sentence that a person understands', () => {
    const slots = evenFleet(4, { applied: 3, 'apply-failed': 1 })
    expect(judgeWave(plan(), 0, slots)).toEqual({
      gate: 'halt',
      counts: counts({ hosts: 20, applied: 15, failed: 5 }),
      exceeded: { budget: 'failed', hosts: 5, of: 20, countMax: 2, shareMax: 0.1 },
      detail: '5 of 20 hosts failed; 2 hosts or 10 % were allowed',
    })
  })

  test('never passes on silence: a wave whose budgets are zero passes only if every host applied', () => {
    const strict = plan({ budgets: { failed: { count: 0, share: 0 }, stalled: { count: 0, share: 0 }, silent: { count: 0, share: 0 } } })
    fc.assert(
      fc.property(anySlots, slots => {
        const judgement = judgeWave(strict, 2, slots)
        expect(judgement.gate).toBe(judgement.counts.applied === judgement.counts.hosts ? 'pass' : 'halt')
      }),
    )
  })

  test('hosts outside the share cannot halt it', () => {
    const slots = evenFleet(4, { applied: 4 }).map(slot => (slot.slot < 5 ? slot : { ...slot, states: { 'apply-failed': 4 } }))
    expect([judgeWave(plan(), 0, slots).gate, judgeWave(plan(), 1, slots).gate]).toEqual(['pass', 'halt'])
  })
})
