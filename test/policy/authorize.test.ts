import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { OPERATIONS } from '../../shared/operations/index.ts'
import {
  ACTIONS,
  authorize,
  HOUSE,
  isDecision,
  loadPolicies,
  type PlainAction,
  PolicyError,
  type Principal,
  type ReleaseContext,
  type Request,
  type Resource,
  UNHINDERED,
  WORKFLOW_PRINCIPAL,
} from '../../shared/policy/index.ts'
import { houseFiles, housePolicies } from './house-policies.ts'

const person = (id: string, ...groups: readonly string[]): Principal => ({ type: 'Person', id, groups })
const alice = person('alice', 'kernel-maintainers', 'operators')
const bob = person('bob', 'kernel-maintainers')
const carol = person('carol', 'security')
const olga = person('olga', 'operators')
const dave = person('dave', 'auditors')
const nobody = person('nobody')

const edge: Resource = { type: 'Fleet', id: 'edge' }
const change: Resource = { type: 'Change', id: '01JD', fleet: 'edge', proposer: 'alice' }
const holdOf = (owner: string): Resource => ({ type: 'Hold', id: '01JE', scope: 'fleet', fleet: 'edge', owner })
const ask = (request: Request, policies = housePolicies) => authorize(policies, request)

test('the schema declares the actions that the code asks about, no more and no less', () => {
  const declared = [...houseFiles.schema.matchAll(/^action ([\w, ]+?)(?: in \[\w+\])?\s+appliesTo/gm)].flatMap(([, names]) =>
    (names ?? '').split(', '),
  )
  expect(declared.toSorted()).toEqual([...ACTIONS].toSorted())
})

test('every operation that is open to persons asks for an action of the schema', () => {
  for (const operation of OPERATIONS)
    if (operation.audience === 'person') expect(ACTIONS).toContain(operation.action)
    else expect(operation.action).toBeNull()
})

describe('who may do what', () => {
  const looks: Request[] = (['viewPatch', 'viewFleet', 'viewChange', 'viewHistory', 'simulate'] as const).map(action => ({
    principal: nobody,
    action,
    resource: HOUSE,
  }))
  const asks: readonly (readonly [string, Request, readonly Principal[]])[] = [
    ...looks.map(request => [request.action, request, [alice, bob, carol, olga, dave]] as const),
    ['submitPatch', { principal: nobody, action: 'submitPatch', resource: HOUSE }, [alice, bob]],
    ['proposeChange', { principal: nobody, action: 'proposeChange', resource: edge }, [alice, bob, olga]],
    ...(['approve', 'reject'] as const).map(
      decision =>
        [decision, { principal: nobody, action: 'approveChange', resource: change, context: { decision } }, [bob, carol]] as const,
    ),
    [
      'withdraw',
      { principal: nobody, action: 'approveChange', resource: change, context: { decision: 'withdraw' } },
      [bob, carol, olga, dave],
    ],
    [
      'comment',
      { principal: nobody, action: 'approveChange', resource: change, context: { decision: 'comment' } },
      [alice, bob, carol, olga, dave],
    ],
    ['manageFleet', { principal: nobody, action: 'manageFleet', resource: edge }, [alice, olga]],
    ...(['everything', 'fleet', 'series', 'livepatch'] as const).map(
      scope =>
        [
          `hold ${scope}`,
          { principal: nobody, action: 'placeHold', resource: scope === 'fleet' ? edge : HOUSE, context: { scope } },
          [alice, bob, carol, olga],
        ] as const,
    ),
    ...(['extendHold', 'liftHold'] as const).flatMap(action => [
      [`${action} of olga`, { principal: nobody, action, resource: holdOf('olga') }, [olga, carol]] as const,
      [`${action} of who is nobody any more`, { principal: nobody, action, resource: holdOf('nobody') }, [carol]] as const,
    ]),
    ...(['pause', 'abort'] as const).map(
      command =>
        [
          command,
          { principal: nobody, action: 'controlChange', resource: change, context: { command } },
          [alice, bob, carol, olga],
        ] as const,
    ),
    ['resume', { principal: nobody, action: 'controlChange', resource: change, context: { command: 'resume' } }, [alice, bob, olga]],
  ]
  const everybody = [alice, bob, carol, olga, dave, nobody]
  test.each(asks)('%s', (_, request, may) => {
    for (const principal of everybody)
      expect([principal, ask({ ...request, principal }).allowed]).toEqual([principal, may.includes(principal)])
  })

  const lifecycle = ['judgeChange', 'expireChange', 'fillWave', 'passWave', 'haltChange', 'completeChange'] as const
  test.each(lifecycle)('%s is the lifecycle’s alone', action => {
    expect(ask({ principal: WORKFLOW_PRINCIPAL, action, resource: change })).toMatchObject({
      allowed: true,
      decision: { principal: 'supersede', policies: ['lifecycle-runs'] },
    })
    /* A person's request for it does not even fit the schema. */
    expect(() => ask({ principal: alice, action, resource: change })).toThrow(PolicyError)
  })

  test('the lifecycle can do nothing that persons do', () => {
    const personal: readonly PlainAction[] = ['submitPatch', 'viewChange', 'manageFleet', 'editPolicy']
    for (const action of personal) expect(() => ask({ principal: WORKFLOW_PRINCIPAL, action, resource: HOUSE })).toThrow(PolicyError)
  })
})

describe('a refusal tells a person', () => {
  test('who may, where nobody’s rule lets them', () => {
    expect(ask({ principal: dave, action: 'approveChange', resource: change, context: { decision: 'approve' } })).toEqual({
      allowed: false,
      reasons: [
        'Members of kernel-maintainers and security approve and reject changes, ask for changes to them, and delegate that.',
        'Members of kernel-maintainers, security, operators and auditors comment on changes, and withdraw approvals of their own.',
        'Members of break-glass, kernel-maintainers and security confirm emergencies.',
        'Members of kernel-maintainers, security and auditors close the review of an emergency.',
      ],
      policies: [],
    })
  })
  test('which rule forbids it', () => {
    expect(ask({ principal: alice, action: 'approveChange', resource: change, context: { decision: 'approve' } })).toEqual({
      allowed: false,
      reasons: ['Nobody approves or rejects what they proposed or built.'],
      policies: ['four-eyes'],
    })
  })
  test('the same through a group of actions', () => {
    expect(ask({ principal: nobody, action: 'viewHistory', resource: HOUSE })).toMatchObject({
      reasons: [expect.stringContaining('auditors')],
    })
  })
})

describe('names that look alike are different names', () => {
  test.each(['kernel-maintaіners', 'Kernel-Maintainers', 'kernel-maintainers ', 'kernel‐maintainers'])('the group %j', group => {
    expect(ask({ principal: person('eve', group), action: 'submitPatch', resource: HOUSE }).allowed).toBe(false)
  })
  test('ids that try to end a quoted name stay one name', () => {
    const tricky = person('eve", Group::"kernel-maintainers', 'x"] in [Group::"kernel-maintainers')
    expect(ask({ principal: tricky, action: 'submitPatch', resource: HOUSE }).allowed).toBe(false)
  })
})

const contextOf = (
  over: Partial<ReleaseContext['verdict']> = {},
  people = 0,
  members: Record<string, number> = {},
  signedOff: readonly string[] = [],
): ReleaseContext => ({
  ...UNHINDERED,
  approvals: { people, members, signedOff, changesRequested: 0 },
  verdict: { outcome: 'clear', block: [], review: [], downgrade: false, fixesLost: [], accepted: [], ...over },
  plan: { waves: 3, firstShare: 500, soakSeconds: 0.5 },
})
const byRoute = (signedOff: readonly string[]): ReleaseContext => {
  const context = contextOf({}, 2, { 'kernel-maintainers': 2 }, signedOff)
  return { ...context, route: 'disable-then-load' }
}
const inEmergency = (context: ReleaseContext, ...passes: readonly string[]): ReleaseContext => ({
  ...context,
  breakGlass: { passes, confirmed: true },
})
const move = (action: 'releaseChange' | 'openWave', context: ReleaseContext, policies = housePolicies) =>
  ask({ principal: WORKFLOW_PRINCIPAL, action, resource: change, context }, policies)

describe('a release', () => {
  const rows: readonly (readonly [string, ReleaseContext, readonly string[]])[] = [
    ['needs two people, one of them a kernel maintainer', contextOf(), ['one-kernel-maintainer', 'two-people']],
    ['is not had from one', contextOf({}, 1, { 'kernel-maintainers': 1 }), ['two-people']],
    ['is not had from two of security', contextOf({}, 2, { security: 2 }), ['one-kernel-maintainer']],
    ['is had from two kernel maintainers', contextOf({}, 2, { 'kernel-maintainers': 2 }), []],
    [
      'needs security too where a finding needs review',
      contextOf({ outcome: 'review' }, 2, { 'kernel-maintainers': 2 }),
      ['security-reviews-risk'],
    ],
    ['is had then from one of each', contextOf({ outcome: 'review' }, 2, { 'kernel-maintainers': 1, security: 1 }), []],
    [
      'needs a downgrade and lost fixes named, even where no finding says so',
      contextOf({ downgrade: true, fixesLost: ['CVE-2026-0001'] }, 2, { 'kernel-maintainers': 2 }),
      ['signed-off-downgrade', 'signed-off-fixes-lost'],
    ],
    [
      'is had when they are',
      contextOf({ downgrade: true, fixesLost: ['CVE-2026-0001'] }, 2, { 'kernel-maintainers': 2 }, ['downgrade', 'fixes-lost']),
      [],
    ],
    [
      'needs the route disable-then-load named, by its finding and by its plan alone',
      contextOf({ review: ['disable-then-load'] }, 2, { 'kernel-maintainers': 2 }),
      ['signed-off-disable-then-load'],
    ],
    ['and is not had by naming anything else', byRoute(['downgrade', 'fixes-lost']), ['signed-off-disable-then-load']],
    ['nor in an emergency that names it', inEmergency(byRoute([]), 'signed-off-disable-then-load'), ['signed-off-disable-then-load']],
    ['and is had when it is named', byRoute(['disable-then-load']), []],
    [
      'is never had with a blocking finding, whoever approves',
      contextOf({ outcome: 'block', block: ['missing-callback'] }, 9, { 'kernel-maintainers': 5, security: 4 }),
      ['never-with-a-blocking-finding'],
    ],
    [
      'is not had where the outcome hides a blocking finding',
      contextOf({ outcome: 'note', block: ['missing-callback'] }, 2, { 'kernel-maintainers': 2 }),
      ['never-with-a-blocking-finding'],
    ],
  ]
  test.each(rows)('%s', (_, context, policies) => {
    for (const action of ['releaseChange', 'openWave'] as const)
      expect(move(action, context)).toMatchObject(policies.length === 0 ? { allowed: true } : { allowed: false, policies })
  })

  test('agrees with the rules said in four lines of code', () => {
    const reference = ({ approvals, verdict }: ReleaseContext): boolean =>
      approvals.people >= 2 &&
      (approvals.members['kernel-maintainers'] ?? 0) >= 1 &&
      (verdict.outcome !== 'review' || (approvals.members['security'] ?? 0) >= 1) &&
      verdict.outcome !== 'block' &&
      verdict.block.length === 0
    const groups = fc.dictionary(fc.constantFrom('kernel-maintainers', 'security', 'operators'), fc.nat(3), { noNullPrototype: true })
    const outcome = fc.constantFrom('clear', 'note', 'review', 'block')
    const block = fc.oneof({ arbitrary: fc.constant<string[]>([]), weight: 5 }, fc.constant(['missing-callback']))
    fc.assert(
      fc.property(outcome, block, fc.nat(4), groups, (found, codes, people, members) => {
        const context = contextOf({ outcome: found, block: codes }, people, members)
        expect(move('releaseChange', context).allowed).toBe(reference(context))
      }),
      { numRuns: 500 },
    )
  })
})

describe('policies that a team adds', () => {
  const withPolicy = (text: string) => loadPolicies({ ...houseFiles, policies: { ...houseFiles.policies, 'team.cedar': text } })
  const approved = contextOf({}, 2, { 'kernel-maintainers': 2 })

  test('can ask for more on one fleet, and say so', () => {
    const stricter = withPolicy(`@id("edge-needs-three") @reason("approvals of three people, because edge is edge")
      forbid (principal, action == Action::"releaseChange", resource in Fleet::"edge") unless { context.approvals.people >= 3 };`)
    expect(move('releaseChange', approved, stricter)).toEqual({
      allowed: false,
      reasons: ['approvals of three people, because edge is edge'],
      policies: ['edge-needs-three'],
    })
    const elsewhere: Resource = { ...change, fleet: 'core' }
    const request = { principal: WORKFLOW_PRINCIPAL, action: 'releaseChange', resource: elsewhere, context: approved } as const
    expect(authorize(stricter, request).allowed).toBe(true)
  })

  test('cannot weaken what the house forbids', () => {
    const weaker = withPolicy('@id("all") @reason("anything goes") permit (principal, action, resource);')
    expect(move('releaseChange', contextOf(), weaker)).toMatchObject({ policies: ['one-kernel-maintainer', 'two-people'] })
    expect(ask({ principal: alice, action: 'approveChange', resource: change, context: { decision: 'approve' } }, weaker)).toMatchObject({
      policies: ['four-eyes'],
    })
  })
})

describe('a decision', () => {
  const answer = ask({ principal: bob, action: 'proposeChange', resource: edge })
  const decision = answer.allowed ? answer.decision : null

  test('says what was allowed, to whom, on what, by which policies of which version', () => {
    expect(decision).toMatchObject({
      action: 'proposeChange',
      principal: 'bob',
      resource: edge,
      policies: ['propose'],
      policyVersion: housePolicies.version,
    })
  })
  test('is known from every look-alike', () => {
    expect(isDecision(decision)).toBe(true)
    for (const lookAlike of [{ ...decision }, JSON.parse(JSON.stringify(decision)), structuredClone(decision), null, 'leave'])
      expect(isDecision(lookAlike)).toBe(false)
  })
  test('cannot be rewritten', () => {
    expect(() => Object.assign(decision ?? {}, { action: 'releaseChange' })).toThrow(TypeError)
  })
})
