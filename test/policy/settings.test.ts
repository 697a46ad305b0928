import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { loadPolicies, ownerOf, PolicyError, stricterOf, tierOf } from '../../shared/policy/index.ts'
import { houseFiles, housePolicies } from './house-policies.ts'

const withSettings = (settings: object) => loadPolicies({ ...houseFiles, settings: JSON.stringify(settings) })
const settingsOf = (settings: object) => withSettings(settings).settings

describe('settings are refused by place', () => {
  const rows: readonly (readonly [sentence: string, settings: object, fault: RegExp])[] = [
    ['a key that there is not', { tier: {} }, /settings\.json: .*tier/],
    ['a fleet’s id that none can have', { tiers: { 'a/b': 'production' } }, /settings\.json: tiers/],
    ['a finding that there is not', { stricter: { edge: { 'fixes-gone': 'r' } } }, /settings\.json: stricter\.edge/],
    ['a reason that is none', { stricter: { '*': { unsigned: ' ' } } }, /settings\.json: stricter\.\*\.unsigned/],
    [
      'a window that ends as it begins',
      { windows: { edge: [{ name: 'w', timeZone: 'UTC', every: 'day', from: '01:00', until: '01:00' }] } },
      /windows\.edge\.0\.until/,
    ],
    ['a fleet with windows and none of them', { windows: { edge: [] } }, /windows\.edge/],
    ['an owner of what can be no module', { owners: [{ livepatch: 'a b', group: 'g' }] }, /owners\.0\.livepatch/],
    ['approvals that are valid for no time', { approvalValidSeconds: 0 }, /approvalValidSeconds/],
    ['a reminder after the end', { reminders: { atShares: [1.5] } }, /reminders\.atShares\.0/],
  ]
  test.each(rows)('%s', (_, settings, fault) => {
    expect(() => withSettings(settings)).toThrow(PolicyError)
    expect(() => withSettings(settings)).toThrow(fault)
  })
  test('a text that is no JSON', () => {
    expect(() => loadPolicies({ ...houseFiles, settings: '{' })).toThrow(/settings\.json: this is no JSON/)
  })
})

test('what settings leave out is as it was without them', () => {
  expect(housePolicies.settings).toEqual({
    tiers: {},
    windows: {},
    stricter: {},
    owners: [],
    ownerOfOthers: 'kernel-maintainers',
    approvalsExpireInRollout: false,
    carryApprovals: 'never',
    breakGlass: { confirmSecondsMax: 3_600 },
    holds: { secondsMax: 30 * 86_400 },
    reminders: { atShares: [0.5, 0.75, 0.9] },
  })
})

test('a fleet has the tier that is said, or is a standard one', () => {
  const settings = settingsOf({ tiers: { edge: 'production' } })
  expect(['edge', 'core', 'constructor'].map(fleet => tierOf(settings, fleet))).toEqual(['production', 'standard', 'standard'])
})

test('what blocks on every fleet blocks on each, for the fleet’s own reason where it has one', () => {
  const settings = settingsOf({
    stricter: { '*': { unsigned: 'house rule', 'fixes-lost': 'house rule' }, edge: { unsigned: 'public hosts' } },
  })
  expect([...stricterOf(settings, 'edge')]).toEqual([
    ['unsigned', 'public hosts'],
    ['fixes-lost', 'house rule'],
  ])
  expect([...stricterOf(settings, 'core').values()]).toEqual(['house rule', 'house rule'])
})

describe('the owner of a livepatch', () => {
  const settings = settingsOf({
    owners: [
      { livepatch: 'vendor_fix', group: 'vendor' },
      { livepatch: 'db_*_hot', group: 'databases' },
      { livepatch: 'db_*', group: 'storage' },
    ],
    ownerOfOthers: 'security',
  })
  test.each([
    ['vendor_fix', 'vendor'],
    ['vendor_fix2', 'security'],
    ['db_1_hot', 'databases'],
    ['db_1_hot2', 'storage'],
    ['db_hot', 'storage'],
    ['db_', 'storage'],
    ['other', 'security'],
  ])('of %s is %s', (livepatch, group) => {
    expect(ownerOf(settings, livepatch)).toBe(group)
  })

  test('is found by * as a regular expression would find it', () => {
    const part = fc.string({ unit: fc.constantFrom('a', 'b', '_'), maxLength: 3 })
    fc.assert(
      fc.property(
        fc.array(part, { minLength: 1, maxLength: 4 }),
        fc.string({ unit: fc.constantFrom('a', 'b', '_'), minLength: 1, maxLength: 9 }),
        (parts, name) => {
          const glob = parts.join('*')
          fc.pre(glob !== '')
          const expected = new RegExp(`^${parts.join('.*')}$`).test(name) ? 'them' : 'kernel-maintainers'
          expect(ownerOf(settingsOf({ owners: [{ livepatch: glob, group: 'them' }] }), name)).toBe(expected)
        },
      ),
      { numRuns: 60 },
    )
  })
})
