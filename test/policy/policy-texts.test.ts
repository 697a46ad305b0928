import { describe, expect, test } from '@jest/globals'
import { PolicyError, policyTextsOf } from '../../shared/policy/index.ts'

test('the files of a folder find their places', () => {
  expect(
    policyTextsOf({
      'schema.cedarschema': 's',
      'a.cedar': 'a',
      'house/b.cedar': 'b',
      'settings.json': '{}',
      'freezes.json': 'f',
      'fleets/edge/night.cedar': 'n',
      'fleets/constructor/own.cedar': 'c',
      'README.md': 'words',
    }),
  ).toEqual({
    schema: 's',
    policies: { 'a.cedar': 'a', 'house/b.cedar': 'b' },
    settings: '{}',
    freezes: 'f',
    teams: { edge: { 'night.cedar': 'n' }, constructor: { 'own.cedar': 'c' } },
  })
})

describe('a rule or a setting that lies where nothing reads it is refused', () => {
  test.each([
    'setings.json',
    'fleets/edge.cedar',
    'fleets/edge/deep/own.cedar',
    'fleets/../own.cedar',
    'fleets/__proto__/own.cedar',
    'fleets/edge/settings.json',
    'teams/edge/own.cedar',
    'fleets/edge/own.cedarschema',
  ])('%s', path => {
    expect(() => policyTextsOf({ 'a.cedar': 'a', [path]: 'x' })).toThrow(PolicyError)
    expect(() => policyTextsOf({ 'a.cedar': 'a', [path]: 'x' })).toThrow(`${path}: nothing reads this file`)
  })
})
