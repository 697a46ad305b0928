import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { loadPolicies, missingForRelease, planDefaults, releaseContext, waveLeave } from '../../shared/policy/index.ts'
import type { Verdict } from '../../shared/verdict/index.ts'
import { houseFiles } from './house-policies.ts'

const AT = '2026-11-23T11:00:00.000Z'
const clear: Verdict = {
  schema: 'supersede.verdict/1',
  livepatch: 'a'.repeat(64),
  outcome: 'clear',
  cohorts: [],
  findings: [],
  ruleSets: {},
}
const said = (id: string, group: string) => ({ by: { id, groups: [group] }, digest: 'd', at: AT, withdrawnAt: null, signOff: [] })
const approvals = [said('bob', 'kernel-maintainers'), said('carol', 'security')]
const change = {
  id: '01JD',
  fleet: 'edge',
  plan: planDefaults,
  proposer: { id: 'alice' },
  review: { digest: 'd', approvals },
  rollout: null,
}
const window = (over: object) => ({ name: 'w', timeZone: 'UTC', ...over })
const withWindows = (...windows: readonly object[]) =>
  loadPolicies({ ...houseFiles, settings: JSON.stringify({ windows: { edge: windows.map(window) } }) })
const opening = (at: string, ...windows: readonly object[]) => {
  const leave = waveLeave(withWindows(...windows), change, clear, { now: Date.parse(at), held: [] })
  return leave.allowed === 'later' ? new Date(leave.opensAt).toISOString() : leave.allowed
}

const nights = { every: 'day', from: '22:00', until: '04:00', timeZone: 'Europe/Berlin' }
const sunday = { every: 'week', from: 'sun 06:00', until: 'sun 09:00' }

describe('a wave of a fleet with maintenance windows', () => {
  const rows: readonly (readonly [sentence: string, at: string, windows: readonly object[], opens: string | boolean])[] = [
    ['opens in one', '2026-11-23T22:00:00Z', [nights], true],
    ['waits for tonight’s', '2026-11-23T12:00:00Z', [nights], '2026-11-23T21:00:00.000Z'],
    ['waits for the evening once the night is over', '2026-11-23T03:00:00Z', [nights], '2026-11-23T21:00:00.000Z'],
    ['goes by the clock on the wall in summer', '2026-07-23T12:00:00Z', [nights], '2026-07-23T20:00:00.000Z'],
    ['waits for the first of several', '2026-11-28T23:30:00Z', [{ ...nights, timeZone: 'Asia/Tokyo' }, sunday], '2026-11-29T06:00:00.000Z'],
    ['waits for next week’s', '2026-11-29T09:00:00Z', [sunday], '2026-12-06T06:00:00.000Z'],
    [
      'waits for next year’s',
      '2026-11-29T09:00:00Z',
      [{ every: 'year', from: '03-01T00:00', until: '03-02T00:00' }],
      '2027-03-01T00:00:00.000Z',
    ],
    [
      'waits for a leap day',
      '2026-11-29T09:00:00Z',
      [{ every: 'year', from: '02-29T00:00', until: '03-01T00:00' }],
      '2028-02-29T00:00:00.000Z',
    ],
    [
      'waits for the only one',
      '2026-11-29T09:00:00Z',
      [{ from: '2026-12-01T10:07', until: '2026-12-01T11:00' }],
      '2026-12-01T10:07:00.000Z',
    ],
    ['is held back for good after the only one', '2026-12-02T09:00:00Z', [{ from: '2026-12-01T10:07', until: '2026-12-01T11:00' }], false],
    [
      'waits for the end of the hour that summer time skips',
      '2027-03-28T00:00:00Z',
      [{ every: 'day', from: '02:30', until: '05:00', timeZone: 'Europe/Berlin' }],
      '2027-03-28T01:00:00.000Z',
    ],
    [
      'waits for the first of an hour that clocks show twice',
      '2026-10-24T16:54:00Z',
      [{ every: 'day', from: '02:15', until: '09:00', timeZone: 'Europe/Berlin' }],
      '2026-10-25T00:15:00.000Z',
    ],
    [
      'waits for the second of an hour that clocks show twice',
      '2026-10-25T00:50:00Z',
      [{ every: 'day', from: '02:15', until: '02:45', timeZone: 'Europe/Berlin' }],
      '2026-10-25T01:15:00.000Z',
    ],
  ]
  test.each(rows)('%s', (_, at, windows, opens) => {
    expect(opening(at, ...windows)).toBe(opens)
  })

  test('waits for nothing where another rule holds it back as well', () => {
    const held = { now: Date.parse('2026-11-23T12:00:00Z'), held: [] }
    const unapproved = { ...change, review: { digest: 'd', approvals: [] } }
    expect(waveLeave(withWindows(nights), unapproved, clear, held)).toMatchObject({
      allowed: false,
      policies: expect.arrayContaining(['only-in-a-maintenance-window', 'two-people']),
    })
  })

  test('is released at any time, and people are told what the wave waits for', () => {
    const at = { now: Date.parse('2026-11-23T12:00:00Z'), held: [] }
    expect(missingForRelease(withWindows(nights), change, clear, at)).toEqual([])
    expect(missingForRelease(withWindows(nights), change, clear, at, { action: 'openWave' })).toEqual([
      'an open maintenance window: w (every day, 22:00 to 04:00 Europe/Berlin)',
    ])
  })

  test('opens at the first minute that lies in one, as looking at every minute finds it', () => {
    const time = fc
      .record({ hour: fc.nat(23), minute: fc.nat(59) })
      .map(({ hour, minute }) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`)
    const day = fc.constantFrom('mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun')
    const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Pacific/Chatham', 'Pacific/Kiritimati')
    const moments = fc.oneof(
      fc.record({ every: fc.constant('day'), from: time, until: time, timeZone: zone }),
      fc
        .record({ days: fc.tuple(day, day), times: fc.tuple(time, time), timeZone: zone })
        .map(({ days, times, timeZone }) => ({ every: 'week', from: `${days[0]} ${times[0]}`, until: `${days[1]} ${times[1]}`, timeZone })),
    )
    const windows = fc.array(
      moments.filter(({ from, until }) => from !== until),
      { minLength: 1, maxLength: 3 },
    )
    /* Around the ends of summer time of the year, where the hours are odd. */
    const starts = fc.constantFrom(
      '2026-10-24T12:00:00Z',
      '2026-11-01T01:00:00Z',
      '2027-03-14T05:00:00Z',
      '2027-03-27T20:00:00Z',
      '2026-07-01T00:00:00Z',
    )
    fc.assert(
      fc.property(windows, starts, fc.nat(2_000), (given, from, minutes) => {
        const policies = withWindows(...given)
        const now = Date.parse(from) + minutes * 60_000
        const isOutside = (at: number) => releaseContext(policies, change, clear, { now: at, held: [] }).outsideWindows
        const leave = waveLeave(policies, change, clear, { now, held: [] })
        if (leave.allowed !== 'later') return expect(leave.allowed).toBe(!isOutside(now))
        expect([isOutside(now), isOutside(leave.opensAt - 60_000), isOutside(leave.opensAt)]).toEqual([true, true, false])
        const between = Array.from({ length: 40 }, (_, index) => now + Math.floor(((leave.opensAt - now) * index) / 40))
        return expect(between.filter(at => !isOutside(at))).toEqual([])
      }),
      { numRuns: 60 },
    )
  })
})
