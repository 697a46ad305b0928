import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { counterDeltas, foldReport, HOST_STATES, type Host, type Report } from '../../shared/fleet/index.ts'
import { digest, host, report, stack } from './examples.ts'

const NOW = Date.UTC(2026, 10, 3)
const known = host({ sequence: 5, state: 'applied', stack: stack('lp_fix_1'), stackDigest: digest('lp_fix_1'), change: 'c1' })
const again = { sequence: 6, state: 'applied', change: 'c1' } as const

describe('a report', () => {
  test('the first one is kept as a fact, true by the host and learned by us', () => {
    expect(foldReport(host(), report(), NOW)).toEqual({
      host: host({
        sequence: 1,
        bootId: 'b',
        stack: stack('lp_fix_1'),
        stackDigest: digest('lp_fix_1'),
        lastSeenAt: '2026-11-03T00:00:00.000Z',
      }),
      fact: {
        host: 'host-1',
        fleet: 'edge',
        sequence: 1,
        trueAt: '2026-11-02T00:00:00.000Z',
        learnedAt: '2026-11-03T00:00:00.000Z',
        state: 'unapplied',
        change: null,
        stackDigest: digest('lp_fix_1'),
        transition: null,
        between: null,
        livepatches: [{ name: 'lp_fix_1', digest: null }],
      },
    })
  })

  test('what a stalled transition waits for stays with the host and with the fact, until it is over', () => {
    const transition: Report['transition'] = {
      livepatch: 'lp_fix_1',
      direction: 'patching',
      since: 1,
      at: 2,
      waiting: 1,
      tasks: [{ pid: 79, name: 'reader', kthread: false, state: 'D', functions: ['vmlinux:f'], stack: ['f+0x1/0x2'] }],
      unproven: [],
      log: [],
    }
    const stalled = foldReport(host(), report({ state: 'transition-stalled', transition }), NOW)
    expect([stalled?.host.transition, stalled?.fact?.transition]).toEqual([transition, transition])
    expect(foldReport(stalled?.host ?? host(), report({ sequence: 2, state: 'applied' }), NOW)?.host.transition).toBeNull()
  })

  test.each<[string, Partial<Report>, 'nothing' | 'no fact' | 'fact']>([
    ['an older sequence', { ...again, sequence: 4 }, 'nothing'],
    ['the same sequence', { ...again, sequence: 5, state: 'apply-failed' }, 'nothing'],
    ['another host', { ...again, host: 'host-2' }, 'nothing'],
    ['another fleet', { ...again, fleet: 'core' }, 'nothing'],
    ['the same again', again, 'no fact'],
    ['only a refusal', { ...again, refusal: { code: 'older-directive', detail: 'v3' } }, 'no fact'],
    ['another state', { ...again, state: 'transition-stalled' }, 'fact'],
    ['another stack', { ...again, stack: stack('lp_fix_1', 'hotfix') }, 'fact'],
    ['another change', { ...again, change: 'c2' }, 'fact'],
  ])('%s: %s changes %s', (_, over, expected) => {
    const moved = foldReport(known, report(over), NOW)
    expect(moved === null ? 'nothing' : moved.fact === null ? 'no fact' : 'fact').toBe(expected)
  })

  test.each([Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER])('a clock that says %i breaks nothing', at => {
    expect(foldReport(host(), report({ at }), NOW)?.fact?.learnedAt).toBe('2026-11-03T00:00:00.000Z')
  })

  test('who the host is never changes', () => {
    const moved = foldReport(known, report(again), NOW)
    expect(moved?.host).toMatchObject({ id: known.id, publicKey: known.publicKey, bucket: known.bucket, enrolledAt: known.enrolledAt })
  })
})

describe('what a reboot clears', () => {
  const before = host({ sequence: 5, bootId: 'old', stack: stack('lp_fix_1'), stackDigest: digest('lp_fix_1') })
  const booted = { ...before, sequence: 6, bootId: 'b', fresh: true }
  const own = { ...stack(), livepatches: [{ name: 'lp_fix_1', digest: 'd', enabled: true, transition: false }] }
  const resident = { name: 'lp_fix_1', digest: null, refcnt: 0 }
  const disabled = { name: 'lp_fix_1', digest: null, enabled: false, transition: true }

  test.each<[string, Host, Partial<Report>, boolean]>([
    ['the first report of a new boot, before any livepatch', before, { sequence: 6, stack: stack() }, true],
    ['a first report that comes after what the agent loaded', before, { sequence: 6, stack: own }, true],
    ['a first report that comes after what somebody else loaded', before, { sequence: 6 }, false],
    ['the same boot as before', before, { sequence: 6, bootId: 'old', stack: stack() }, false],
    ['the first report of all', host(), { sequence: 1, stack: stack() }, false],
    ['a report is missing, of whichever boot', before, { sequence: 7, stack: stack() }, false],
    [
      'a new boot that has a module in memory which was replaced already',
      before,
      { sequence: 6, stack: { ...stack(), resident: [resident] } },
      false,
    ],
    ['nothing happened since the boot', booted, { sequence: 7 }, true],
    ['one more was loaded since the boot', booted, { sequence: 7, stack: stack('lp_fix_1', 'hotfix') }, true],
    ['the first was loaded since the boot', { ...booted, stack: stack() }, { sequence: 7 }, true],
    ['one was replaced since the boot', booted, { sequence: 7, stack: stack('lp_fix_2') }, false],
    ['one was replaced by another of its name', booted, { sequence: 7, stack: own }, false],
    ['one is being disabled', booted, { sequence: 7, stack: { ...stack(), livepatches: [disabled] } }, false],
    ['a report is missing since the boot', booted, { sequence: 8 }, false],
    ['what is lost stays lost until the next boot', { ...booted, fresh: false }, { sequence: 7 }, false],
    ['the next boot', { ...booted, fresh: false }, { sequence: 7, bootId: 'next', stack: stack() }, true],
  ])('%s', (_, known, over, fresh) => {
    expect(foldReport(known, report(over), NOW)?.host.fresh).toBe(fresh)
  })
})

const anyReports = fc.array(
  fc.record({
    sequence: fc.integer({ min: 1, max: 12 }),
    state: fc.constantFrom(...HOST_STATES),
    name: fc.constantFrom('a', 'b'),
    boot: fc.constantFrom('b1', 'b2'),
  }),
  { maxLength: 20 },
)
const play = (reports: readonly Report[]) => reports.reduce<Host>((known, next) => foldReport(known, next, NOW)?.host ?? known, host())

describe('laws of reports', () => {
  test('whatever their order and number of copies, the newest sequence decides', () => {
    fc.assert(
      fc.property(anyReports, fc.infiniteStream(fc.nat()), (list, order) => {
        // One text per sequence: a host never signs two.
        const bySequence = new Map(list.map(({ sequence, state, name }) => [sequence, report({ sequence, state, stack: stack(name) })]))
        const once = [...bySequence.values()].sort((a, b) => a.sequence - b.sequence)
        const shuffled = [...once, ...once].map(one => ({ one, key: order.next().value ?? 0 })).sort((a, b) => a.key - b.key)
        expect(play(shuffled.map(({ one }) => one))).toEqual(play(once))
      }),
    )
  })

  test('counters moved by deltas equal a recount', () => {
    fc.assert(
      fc.property(anyReports, list => {
        const counters = new Map<string, number>()
        let now = host()
        for (const { sequence, state, name, boot } of list) {
          const next = foldReport(
            now,
            report({ sequence, state, bootId: boot, stack: stack(name), change: name === 'a' ? 'c1' : null }),
            NOW,
          )?.host
          if (!next) continue
          for (const delta of counterDeltas(now, next)) {
            const key = delta.counter === 'state' ? `${delta.change} ${delta.state}` : `${delta.counter} ${delta.cohort}`
            counters.set(key, (counters.get(key) ?? 0) + delta.by)
            expect(delta.by).not.toBe(0)
          }
          now = next
        }
        const left = [...counters].filter(([, hosts]) => hosts !== 0)
        const counted = [
          now.stackDigest && `cohort ${now.stackDigest}`,
          now.stackDigest && now.fresh && `fresh ${now.stackDigest}`,
          now.change && `${now.change} ${now.state}`,
        ]
        const recount = counted.flatMap(key => (key ? [[key, 1]] : []))
        expect(left.sort()).toEqual(recount.sort())
      }),
    )
  })
})
