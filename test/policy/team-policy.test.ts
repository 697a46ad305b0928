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
      'where it would keep people from rejecting',
      forbid('principal, action == Action::"approveChange", resource in Fleet::"edge"', 'when { context.decision == "reject" }'),
      /fleets\/edge\/own\.cedar: own: it may hold reject back, .*begin its condition with `context\.decision == "approve" && …`/,
    ],
    [
      'where it would keep one group from asking for changes',
      forbid(
        'principal, action == Action::"approveChange", resource in Fleet::"edge"',
        'when { principal in Group::"security" && ["approve", "request-changes"].contains(context.decision) }',
      ),
      /it may hold .*request-changes.* back/,
    ],
    [
      'where it would hold every word back',
      forbid('principal, action == Action::"approveChange", resource in Fleet::"edge"'),
      /it may hold reject, request-changes, withdraw, revoke-delegation, close-review and comment back/,
    ],
    [
      'where it would hold every word but one back',
      forbid('principal, action == Action::"approveChange", resource in Fleet::"edge"', 'unless { context.decision == "approve" }'),
      /it may hold reject, /,
    ],
    [
      'where something that fails, which denies, stands before what is said',
      forbid(
        'principal, action == Action::"approveChange", resource in Fleet::"edge"',
        'when { 9007199254740991 * 9007199254740991 > 0 && context.decision == "approve" }',
      ),
      /it may hold reject, /,
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

test.each([
  ['with it alone', 'when { context.decision == "approve" }'],
  ['with it and more', 'when { context.decision == "approve" && !(principal in Group::"edge-team") }'],
  ['with it in a condition of its own', 'when { "delegate" == context.decision } unless { principal in Group::"edge-team" }'],
  ['with a list', 'when { ["approve", "delegate", "confirm"].contains(context.decision) && principal == Person::"mallory" }'],
])('a fleet’s own rule about approving is let in where its condition says so first: %s', (_, condition) => {
  const own = loading(forbid('principal, action == Action::"approveChange", resource in Fleet::"edge"', condition))
  expect(own.policies.map(({ id }) => id)).toContain('own')
})

describe('whatever rules of its own a fleet has', () => {
  const everything = loading(
    `@id("a") @reason("closed") forbid (principal, action in [Action::"move", Action::"proposeChange", Action::"manageFleet"], resource in Fleet::"edge");
     @id("b") @reason("closed") forbid (principal, action == Action::"approveChange", resource in Fleet::"edge")
     when { ["approve", "delegate", "confirm"].contains(context.decision) };`,
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
  test('everybody may say no there, and take back a yes, as before', () => {
    const resource = { type: 'Change', id: 'c', fleet: 'edge', proposer: 'alice' } as const
    for (const decision of ['reject', 'request-changes', 'withdraw', 'revoke-delegation', 'close-review', 'comment'] as const)
      for (const group of ['kernel-maintainers', 'security', 'operators', 'auditors']) {
        const request = { principal: { type: 'Person', id: 'bob', groups: [group] }, action: 'approveChange', resource } as const
        const [before, after] = [housePolicies, everything].map(set => authorize(set, { ...request, context: { decision } }).allowed)
        expect(after).toBe(before)
      }
  })
})
