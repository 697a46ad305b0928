import { describe, expect, test } from '@jest/globals'
import { type RuleName, ruleSetFor, sourcesOf } from '../../shared/kernel/index.ts'

type Known = readonly [release: string, value: boolean | number | string]

const CHANGES: readonly { readonly rule: RuleName; readonly older: Known; readonly newer: Known }[] = [
  { rule: 'systemStates', older: ['5.4', false], newer: ['5.5', true] },
  { rule: 'patchedAttribute', older: ['6.0', false], newer: ['6.1', true] },
  { rule: 'replaceAttribute', older: ['6.10', false], newer: ['6.11', true] },
  { rule: 'stackOrderAttribute', older: ['6.13', false], newer: ['6.14', true] },
  { rule: 'forcePins', older: ['5.17', 'every-listed'], newer: ['5.18', 'those-going'] },
  { rule: 'argumentsCheckedFirst', older: ['5.16', false], newer: ['5.17', true] },
  { rule: 'symbolNameLengthMax', older: ['6.0', 128], newer: ['6.1', 512] },
  { rule: 'taintsBeforeNameCheck', older: ['6.3', true], newer: ['6.4', false] },
  { rule: 'initExistsMeansBusy', older: ['6.19', false], newer: ['7.0', true] },
  { rule: 'hooksArePermanent', older: ['5.4', false], newer: ['5.5', true] },
  { rule: 'lateProbeIsRefused', older: ['6.19', true], newer: ['7.0', false] },
  { rule: 'suspiciousInit', older: ['6.19', 'two-lines'], newer: ['7.0', 'one-line'] },
  { rule: 'kobjectPrefix', older: ['6.4', false], newer: ['6.5', true] },
  { rule: 'booleanLetters', older: ['5.17', ''], newer: ['5.18', 'tf'] },
  { rule: 'booleanLetters', older: ['6.19', 'tf'], newer: ['7.0', 'tfed'] },
  { rule: 'nopsMatchPositionZeroAndOne', older: ['5.4', true], newer: ['7.2', true] },
]

describe('rule sets', () => {
  test.each([
    ['5.4.0-150-generic', '5.4', false],
    ['5.10.0-30-amd64', '5.10', false],
    ['5.15.0', '5.15', false],
    ['6.1.0-50-amd64', '6.1', true],
    ['6.6.1', '6.6', false],
    ['6.12.95+deb12-amd64', '6.12', true],
    ['6.18.0', '6.18', false],
    ['7.2.13+deb14-amd64', '7.2', true],
  ])('%s goes by the rules of %s, recorded: %s', (release, name, recorded) => {
    expect(ruleSetFor(release)).toMatchObject({ rules: { name, recorded }, recorded })
  })

  test.each(CHANGES)('$rule changes between the two releases', ({ rule, older, newer }) => {
    const known = (release: string) => [release, ruleSetFor(release).rules[rule]]
    expect([known(older[0]), known(newer[0])]).toEqual([older, newer])
  })

  test('every rule of every release says where it is known from', () => {
    for (const release of ['5.4', '5.10', '5.15', '6.1', '6.6', '6.12', '6.18', '7.2'])
      expect(Object.entries(sourcesOf(release)).filter(([, source]) => source.length < 10)).toEqual([])
  })
})
