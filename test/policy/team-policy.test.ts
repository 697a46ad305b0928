import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { ACTIONS, authorize, loadPolicies, PolicyError } from '../../shared/policy/index.ts'
import { anyRequest } from './any-request.ts'
import { houseFiles, housePolicies } from './house-policies.ts'

const loading = (text: string, fleet = 'edge') => loadPolicies({ ...houseFiles, teams: { [fleet]: { 'own.cedar': text } } })
const forbid = (head: string, condition = '') => `@id("own") @reason("because") forbid (${head}) ${condition};`

describe('a fleet’s own rule is refused, with its file, its id and what to write', () => {
  const rows: readonly (readonly [sentence: string, text: string, fault: RegExp])[] = [
    [
      'where it permits',
      '@id("own") @reason("r") permit (principal, action == Action::"approveChange", resource in Fleet::"edge");',
      /fleets\/edge\/own\.cedar: own: .*can only forbid/,
    ],
    [
      'where its scope is everything',
      forbid('principal, action == Action::"openWave", resource'),
      /write `resource in Fleet::"edge"` in its head/,
    ],
    ['where its scope is a type', forbid('principal, action == Action::"openWave", resource is Change'), /reaches beyond the fleet/],
    ['where its scope is another fleet', forbid('principal, action == Action::"openWave", resource in Fleet::"core"'), /reaches beyond/],
    ['where its scope is a change', forbid('principal, action == Action::"openWave", resource == Change::"edge"'), /reaches beyond/],
    ['where its scope is the house', forbid('principal, action == Action::"openWave", resource in House::"edge"'), /reaches beyond/],
    [
      'where only its condition names the fleet',
      forbid('principal, action == Action::"openWave", resource', 'when { resource in Fleet::"edge" }'),
      /reaches beyond/,
    ],
    ['where it speaks about all actions', forbid('principal, action, resource in Fleet::"edge"'), /speaks about all actions/],
    [
      'where it would hold an abort back',
      forbid('principal, action == Action::"controlChange", resource in Fleet::"edge"'),
      /controlChange/,
    ],
    [
      'where it would hold a halt back',
      forbid('principal, action in [Action::"openWave", Action::"haltChange"], resource in Fleet::"edge"'),
      /haltChange/,
    ],
    [
      'where it would hold the lifecycle back',
      forbid('principal, action in Action::"runLifecycle", resource in Fleet::"edge"'),
      /runLifecycle/,
    ],
    [
      'where its id is taken',
      forbid('principal, action == Action::"openWave", resource in Fleet::"edge"').replace('own', 'four-eyes'),
      /taken already/,
    ],
  ]
  test.each(rows)('%s', (_, text, fault) => {
    expect(() => loading(text)).toThrow(PolicyError)
    expect(() => loading(text)).toThrow(fault)
  })
})

test.each([
  ['in the fleet', 'resource in Fleet::"edge"'],
  ['the fleet itself', 'resource == Fleet::"edge"'],
  ['a change in the fleet', 'resource is Change in Fleet::"edge"'],
])('a fleet’s own rule about %s is let in', (_, scope) => {
  const action = scope.includes('==') ? 'proposeChange' : 'openWave'
  expect(loading(forbid(`principal, action == Action::"${action}", ${scope}`)).policies.find(({ id }) => id === 'own')).toMatchObject({
    fleet: 'edge',
    file: 'fleets/edge/own.cedar',
  })
})

describe('whatever rules of its own a fleet has', () => {
  const everything = loading(
    `@id("a") @reason("closed") forbid (principal, action in [Action::"move", Action::"proposeChange", Action::"approveChange", Action::"manageFleet"], resource in Fleet::"edge");`,
  )
  test('what the house denies stays denied, and nothing else is decided otherwise than on its own fleet', () => {
    fc.assert(
      fc.property(anyRequest, request => {
        const [before, after] = [authorize(housePolicies, request), authorize(everything, request)]
        if (!before.allowed) expect(after.allowed).toBe(false)
        const fleet =
          request.resource.type === 'Fleet' ? request.resource.id : request.resource.type === 'Change' ? request.resource.fleet : null
        if (fleet !== 'edge') expect(after.allowed).toBe(before.allowed)
      }),
    )
  })
  test('everybody may look and stop there as before', () => {
    const stopping = ACTIONS.filter(action => ['view', 'haltChange', 'expireChange', 'controlChange'].some(name => action.startsWith(name)))
    expect(stopping.length).toBeGreaterThan(4)
    fc.assert(
      fc.property(
        anyRequest.filter(({ action }) => stopping.includes(action)),
        request => {
          expect(authorize(everything, request).allowed).toBe(authorize(housePolicies, request).allowed)
        },
      ),
    )
  })
})
