import { describe, expect, test } from '@jest/globals'
import { ruleSetFor, sourcesOf } from '../../shared/kernel/index.ts'

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

  test.each([
    ['systemStates', ['5.4', false], ['5.10', true]],
    ['patchedAttribute', ['5.15', false], ['6.1', true]],
    ['replaceAttribute', ['6.6', false], ['6.11', true]],
    ['stackOrderAttribute', ['6.12', false], ['6.14', true]],
    ['forcePins', ['5.15', 'every-listed'], ['5.18', 'those-going']],
    ['symbolNameLengthMax', ['6.0', 128], ['6.1', 512]],
    ['taintsBeforeNameCheck', ['6.1', true], ['6.4', false]],
    ['initExistsMeansBusy', ['6.12', false], ['7.2', true]],
    ['kobjectPrefix', ['6.1', false], ['6.12', true]],
  ] as const)('%s changes between the two', (rule, ...rows) => {
    const known = (release: string): unknown => ruleSetFor(release).rules[rule]
    expect(rows.map(([release]) => [release, known(release)])).toEqual(rows.map(([release, value]) => [release, value]))
  })

  test('every rule of every release says where it is known from', () => {
    for (const release of ['5.4', '5.10', '5.15', '6.1', '6.6', '6.12', '6.18', '7.2'])
      expect(Object.entries(sourcesOf(release)).filter(([, source]) => source.length < 10)).toEqual([])
  })
})
