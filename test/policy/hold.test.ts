import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  evolveHold,
  extendHold,
  HOLD_SCOPES,
  type Hold,
  type HoldOutcome,
  type HoldRecord,
  heldDetail,
  holdsInForce,
  liftHold,
  placeHold,
} from '../../shared/policy/index.ts'

const NOW = Date.UTC(2026, 10, 23, 12)
const at = (seconds: number): string => new Date(NOW + seconds * 1_000).toISOString()
const alice = { id: 'alice', name: 'Alice' }
const bob = { id: 'bob', name: 'Bob' }
const BOUNDS = { now: NOW, secondsMax: 3_600 }
const place = (expiresAt: string) =>
  placeHold({ id: '01', scope: 'fleet', target: 'edge', by: alice, reason: 'it panics', expiresAt }, BOUNDS)
const folded = (outcome: HoldOutcome, hold: HoldRecord | null = null): HoldRecord => {
  if (!outcome.ok) throw new Error(outcome.detail)
  return evolveHold(hold, outcome.event, at(0))
}
const placed = folded(place(at(60)))
const lifted = folded(liftHold(placed, { by: bob, reason: 'done' }, NOW), placed)

describe('a hold', () => {
  const rows: readonly (readonly [law: string, outcome: HoldOutcome, expected: string])[] = [
    ['ends in the future', place(at(0)), 'ends-before-it-begins'],
    ['ends within what settings allow', place(at(3_601)), 'ends-too-late'],
    ['may end at the very last moment', place(at(3_600)), 'hold-placed'],
    ['is extended to a later end', extendHold(placed, { by: bob, reason: 'r', expiresAt: at(120) }, BOUNDS), 'hold-extended'],
    ['is never shortened by an extension', extendHold(placed, { by: bob, reason: 'r', expiresAt: at(59) }, BOUNDS), 'ends-no-later'],
    ['is extended within the same bounds', extendHold(placed, { by: bob, reason: 'r', expiresAt: at(3_601) }, BOUNDS), 'ends-too-late'],
    ['is lifted while it lasts', liftHold(placed, { by: bob, reason: 'r' }, NOW + 59_999), 'hold-lifted'],
    ['is not lifted when it is over', liftHold(placed, { by: bob, reason: 'r' }, NOW + 60_000), 'expired'],
    ['is lifted once', liftHold(lifted, { by: alice, reason: 'r' }, NOW), 'lifted'],
    ['is not extended when it was lifted', extendHold(lifted, { by: alice, reason: 'r', expiresAt: at(120) }, BOUNDS), 'lifted'],
  ]
  test.each(rows)('%s', (_, outcome, expected) => {
    expect(outcome.ok ? outcome.event.type : outcome.refused).toBe(expected)
  })

  test('remembers who placed it, whoever extends or lifts it', () => {
    expect(folded(extendHold(placed, { by: bob, reason: 'r', expiresAt: at(120) }, BOUNDS), placed)).toEqual({
      ...placed,
      expiresAt: at(120),
    })
    expect(lifted).toEqual({ ...placed, lifted: { by: bob, at: at(0), reason: 'done' } })
  })

  test('says of what, by whom, until when, and why', () => {
    const everything: Hold = { ...placed, scope: 'everything', target: null }
    const until = at(60).replace(/\.\d+Z$/, 'Z')
    const texts = `of fleet edge by Alice until ${until}: it panics; of everything by Alice until ${until}: it panics`
    expect(heldDetail([placed, everything])).toBe(`Hold ${texts}`)
  })
})

test('what a hold names is held until its end, and nothing else is', () => {
  const name = fc.constantFrom('a', 'b')
  const scope = fc.constantFrom(...HOLD_SCOPES)
  fc.assert(
    fc.property(
      scope,
      name,
      name,
      name,
      fc.option(name),
      fc.integer({ min: -5, max: 5 }),
      (scope, target, fleet, livepatch, series, left) => {
        const hold: Hold = { ...placed, scope, target: scope === 'everything' ? null : target, expiresAt: at(left) }
        const isNamed = { everything: true, fleet: fleet === target, series: series === target, livepatch: livepatch === target }[scope]
        expect(holdsInForce([hold], { fleet, livepatch, series }, NOW)).toEqual(isNamed && left > 0 ? [hold] : [])
      },
    ),
  )
})

/* A commit bears the clock's time, or that of the commit before it where the clock is behind that. */
test('whatever clocks say, no commit of a hold is later than its end: its own commits never show that it had ended', () => {
  const moment = fc.integer({ min: 0, max: 200 })
  const command = fc.record({ now: moment, to: moment, lifts: fc.boolean() })
  fc.assert(
    fc.property(moment, moment, fc.array(command, { maxLength: 12 }), (begin, end, commands) => {
      fc.pre(begin < end)
      let [hold, newest] = [folded(place(at(end))), begin]
      for (const { now, to, lifts } of commands) {
        const by = { by: alice, reason: 'r' }
        const bounds = { now: NOW + now * 1_000, secondsMax: 3_600 }
        const outcome = lifts ? liftHold(hold, by, bounds.now) : extendHold(hold, { ...by, expiresAt: at(to) }, bounds)
        if (!outcome.ok) continue
        newest = Math.max(newest, now)
        hold = evolveHold(hold, outcome.event, at(newest))
        expect(NOW + newest * 1_000).toBeLessThan(Date.parse(hold.expiresAt))
      }
    }),
  )
})
