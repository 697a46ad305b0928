import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { authorize, loadPolicies, missingForRelease, PolicyError, planDefaults, releaseContext } from '../../shared/policy/index.ts'
import type { Verdict } from '../../shared/verdict/index.ts'
import { houseFiles } from './house-policies.ts'

const BERLIN = { name: 'quiet', reason: 'nobody is there', timeZone: 'Europe/Berlin' }
const withFreezes = (...freezes: readonly object[]) => loadPolicies({ ...houseFiles, freezes: JSON.stringify({ freezes }) })
const change = (fleet: string) => ({ id: '01JD', fleet, plan: planDefaults, proposer: { id: 'alice' }, review: null, rollout: null })
const clear: Verdict = {
  schema: 'supersede.verdict/1',
  livepatch: 'a'.repeat(64),
  outcome: 'clear',
  cohorts: [],
  findings: [],
  ruleSets: {},
}
const isFrozen = (freeze: object, at: string, fleet = 'edge') =>
  releaseContext(withFreezes({ ...BERLIN, ...freeze }), change(fleet), clear, { now: Date.parse(at), held: [] }).frozen.length > 0

describe('a freeze is in force', () => {
  const once = { from: '2026-12-18T18:00', until: '2027-01-04T08:00' }
  const yearly = { every: 'year', from: '12-18T18:00', until: '01-04T08:00' }
  const weekend = { every: 'week', from: 'fri 16:00', until: 'mon 08:00' }
  const night = { every: 'day', from: '22:00', until: '06:00' }
  const lunch = { every: 'day', from: '12:00', until: '13:00' }
  /* Berlin is an hour ahead of UTC in winter and two in summer. */
  const rows: readonly (readonly [sentence: string, freeze: object, at: string, expected: boolean])[] = [
    ['not before it begins', once, '2026-12-18T16:59:59Z', false],
    ['from the minute that it begins', once, '2026-12-18T17:00:00Z', true],
    ['until the minute before it ends', once, '2027-01-04T06:59:59Z', true],
    ['not when it ends', once, '2027-01-04T07:00:00Z', false],
    ['not in the next year, where it is once', once, '2027-12-24T12:00:00Z', false],
    ['every year, over New Year', yearly, '2031-12-31T23:30:00Z', true],
    ['every year, before it ends', yearly, '2032-01-04T06:59:00Z', true],
    ['not in summer', yearly, '2031-07-01T12:00:00Z', false],
    ['on Friday afternoon', weekend, '2026-11-27T15:00:00Z', true],
    ['on Sunday', weekend, '2026-11-29T12:00:00Z', true],
    ['not on Monday morning at eight', weekend, '2026-11-30T07:00:00Z', false],
    ['not on Friday morning', weekend, '2026-11-27T14:59:00Z', false],
    ['by the clock on the wall, in winter', lunch, '2026-01-15T11:30:00Z', true],
    ['by the clock on the wall, in summer', lunch, '2026-07-15T10:30:00Z', true],
    ['not by the clock of another place', lunch, '2026-07-15T11:30:00Z', false],
    ['over midnight', night, '2026-01-15T21:00:00Z', true],
    ['over midnight, the morning after', night, '2026-01-15T04:59:00Z', true],
    ['not by day', night, '2026-01-15T05:00:00Z', false],
    ['in the zone that it names', { ...lunch, timeZone: 'Asia/Kolkata' }, '2026-01-15T06:30:00Z', true],
    ['in midnight’s own hour', { every: 'day', from: '00:00', until: '00:30' }, '2026-01-14T23:15:00Z', true],
    ['in both hours that clocks show twice', { every: 'day', from: '02:15', until: '02:45' }, '2026-10-25T00:30:00Z', true],
    ['in both hours that clocks show twice, the second', { every: 'day', from: '02:15', until: '02:45' }, '2026-10-25T01:30:00Z', true],
    ['from the end of the hour that clocks skip on', { every: 'day', from: '02:30', until: '06:00' }, '2026-03-29T01:00:00Z', true],
    ['not before the hour that clocks skip', { every: 'day', from: '02:30', until: '06:00' }, '2026-03-29T00:59:00Z', false],
    ['until the end of the hour that clocks skip', { every: 'day', from: '22:00', until: '02:30' }, '2026-03-29T00:59:00Z', true],
    ['no longer than to the hour that clocks skip', { every: 'day', from: '22:00', until: '02:30' }, '2026-03-29T01:00:00Z', false],
    [
      'over the end of the week, by a zone where it is Sunday yet',
      { ...weekend, timeZone: 'Pacific/Honolulu' },
      '2026-11-30T12:00:00Z',
      true,
    ],
    ['on a leap day', { every: 'year', from: '02-29T00:00', until: '03-01T00:00' }, '2028-02-29T12:00:00Z', true],
    ['on no other day for a leap day', { every: 'year', from: '02-29T00:00', until: '03-01T00:00' }, '2027-02-28T12:00:00Z', false],
  ]
  test.each(rows)('%s', (_, freeze, at, expected) => {
    expect(isFrozen(freeze, at)).toBe(expected)
  })

  test('on the fleets that it names, or on all', () => {
    const at = '2026-11-29T12:00:00Z'
    expect(isFrozen({ ...weekend, fleets: ['edge', 'core'] }, at)).toBe(true)
    expect(isFrozen({ ...weekend, fleets: ['core'] }, at)).toBe(false)
    expect(isFrozen(weekend, at, 'anything')).toBe(true)
  })

  test('a part of the week and the rest of it are the whole week, and never both', () => {
    const moment = fc.tuple(fc.constantFrom('mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'), fc.nat(23), fc.nat(59))
    const text = ([day, hour, minute]: [string, number, number]) =>
      `${day} ${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`
    const instant = fc.integer({ min: Date.UTC(2026, 0), max: Date.UTC(2027, 0) }).map(at => new Date(at).toISOString())
    fc.assert(
      fc.property(moment.map(text), moment.map(text), instant, (from, until, at) => {
        fc.pre(from !== until)
        expect(isFrozen({ every: 'week', from, until }, at)).toBe(!isFrozen({ every: 'week', from: until, until: from }, at))
      }),
      { numRuns: 25 },
    )
  })
})

describe('a calendar is refused loudly', () => {
  const good = { ...BERLIN, every: 'week', from: 'fri 16:00', until: 'mon 08:00' }
  const rows: readonly (readonly [string, object, RegExp])[] = [
    ['with a zone that there is not', { ...good, timeZone: 'Europe/Atlantis' }, /freezes\.0\.timeZone/],
    ['with a moment written otherwise', { ...good, from: 'friday 16:00' }, /freezes\.0\.from: written as fri 18:00/],
    ['with an hour that there is not', { ...good, until: 'mon 24:00' }, /freezes\.0\.until/],
    [
      'with a day that no year has',
      { ...BERLIN, every: 'year', from: '02-30T00:00', until: '03-01T00:00' },
      /freezes\.0\.from: there is no such day/,
    ],
    [
      'with a day that the year does not have',
      { ...BERLIN, from: '2027-02-28T08:00', until: '2027-02-29T18:00' },
      /freezes\.0\.until: there is no such day/,
    ],
    ['with a fleet’s id that none can have', { ...good, fleets: ['edge '] }, /freezes\.0\.fleets\.0: a fleet’s id/],
    ['that ends when it begins', { ...good, until: 'fri 16:00' }, /later than/],
    ['that ends before it begins, once', { ...BERLIN, from: '2027-01-04T08:00', until: '2026-12-18T18:00' }, /later than/],
    ['without a reason', { ...good, reason: '' }, /reason/],
    ['with a slip of the pen', { ...good, fleet: 'edge' }, /fleet/],
  ]
  test.each(rows)('%s', (_, freeze, message) => {
    expect(() => withFreezes(freeze)).toThrow(PolicyError)
    expect(() => withFreezes(freeze)).toThrow(message)
  })
  test('that is no JSON', () => {
    expect(() => loadPolicies({ ...houseFiles, freezes: 'always' })).toThrow(/no JSON/)
  })
})

describe('in a freeze', () => {
  const policies = withFreezes({ ...BERLIN, name: 'weekend', every: 'week', from: 'fri 16:00', until: 'mon 08:00' })
  const said = (id: string, group: string) => ({
    by: { id, groups: [group] },
    digest: 'd',
    at: '2026-11-23T11:00:00.000Z',
    withdrawnAt: null,
    signOff: [],
  })
  const approvals = [said('bob', 'kernel-maintainers'), said('carol', 'security')]
  const approved = { ...change('edge'), review: { digest: 'd', approvals } }
  const [saturday, tuesday] = [Date.parse('2026-11-28T12:00:00Z'), Date.parse('2026-11-24T12:00:00Z')]

  test('nothing is released, and people are told by which and until when', () => {
    expect(missingForRelease(policies, approved, clear, { now: saturday, held: [] })).toEqual([
      'the end of the freeze weekend (until mon 08:00 Europe/Berlin: nobody is there)',
    ])
    expect(missingForRelease(policies, approved, clear, { now: tuesday, held: [] })).toEqual([])
  })

  test('waves of what was released before go on', () => {
    const context = releaseContext(policies, approved, clear, { now: saturday, held: [] })
    const resource = { type: 'Change', id: '01JD', fleet: 'edge', proposer: 'alice' } as const
    const ask = (action: 'releaseChange' | 'openWave') =>
      authorize(policies, { principal: { type: 'Workflow' }, action, resource, context })
    expect(ask('releaseChange')).toMatchObject({ allowed: false, policies: ['no-release-in-a-freeze'] })
    expect(ask('openWave')).toMatchObject({ allowed: true })
  })

  test('the calendar is part of the policy version', () => {
    expect(policies.version).not.toBe(withFreezes().version)
    expect(loadPolicies(houseFiles).version).toBe(withFreezes().version)
  })
})
