import fc from 'fast-check'
import {
  ACTIONS,
  HOLD_SCOPES,
  HOUSE,
  type Principal,
  type ReleaseContext,
  type Request,
  type Resource,
  WORKFLOW_PRINCIPAL,
} from '../../shared/policy/index.ts'

const GROUPS = ['kernel-maintainers', 'security', 'operators', 'auditors', 'strangers']
const CODES = ['downgrade', 'fixes-lost', 'functions-reverted', 'disable-then-load', 'foreign-livepatches', 'no-way-back']
const names = (...from: readonly string[]) => fc.subarray([...from])
const fleet = fc.constantFrom('edge', 'core')
const person = fc.constantFrom('alice', 'bob', 'carol')

const anyPerson: fc.Arbitrary<Principal> = fc.record({ type: fc.constant('Person' as const), id: person, groups: names(...GROUPS) })
const onFleet: fc.Arbitrary<Resource> = fc.record({ type: fc.constant('Fleet' as const), id: fleet })
const onPatch: fc.Arbitrary<Resource> = fc.record({ type: fc.constant('Patch' as const), id: fc.constant('d') })
const onChange: fc.Arbitrary<Resource> = fc.record({ type: fc.constant('Change' as const), id: fc.constant('c'), fleet, proposer: person })
const onEdit: fc.Arbitrary<Resource> = fc.record({
  type: fc.constant('PolicyEdit' as const),
  id: fc.constant('e'),
  fleet: fc.constantFrom('edge', 'core', null),
  proposer: person,
})
const onHold: fc.Arbitrary<Resource> = fc.record({
  type: fc.constant('Hold' as const),
  id: fc.constant('h'),
  scope: fc.constantFrom(...HOLD_SCOPES),
  fleet: fc.constantFrom('edge', 'core', null),
  owner: person,
})
const onHouse: fc.Arbitrary<Resource> = fc.constant(HOUSE)
const anywhere = fc.oneof(onHouse, onPatch, onFleet, onChange)

/** Any circumstances of a release, likely ones and unlikely ones. */
export const anyRelease: fc.Arbitrary<ReleaseContext> = fc.record({
  approvals: fc.record({
    people: fc.nat(4),
    members: fc.dictionary(fc.constantFrom(...GROUPS), fc.nat(3)),
    signedOff: names(...CODES),
    changesRequested: fc.nat(1),
  }),
  verdict: fc.record({
    outcome: fc.constantFrom('block', 'review', 'note', 'clear'),
    block: names('missing-callback'),
    review: names(...CODES),
    downgrade: fc.boolean(),
    fixesLost: names('CVE-2026-0001'),
    accepted: names('missing-callback:lp_2:vmlinux:post_unpatch'),
  }),
  plan: fc.record({
    waves: fc.integer({ min: 1, max: 5 }),
    firstShare: fc.integer({ min: 1, max: 10_000 }),
    soakSeconds: fc.nat(7_200),
  }),
  route: fc.constantFrom('replace', 'disable-then-load'),
  tier: fc.constantFrom('standard', 'production', 'lab'),
  frozen: names('year-end'),
  outsideWindows: fc.boolean(),
  held: names('everything', 'fleet', 'series', 'livepatch'),
  unconsented: names(...GROUPS),
  unconfirmed: names('missing-callback:lp_2:vmlinux:post_unpatch'),
  breakGlass: fc.record({ passes: names('no-release-in-a-freeze', 'two-people'), confirmed: fc.boolean() }),
})

type Asked = Pick<Request, 'principal' | 'resource'>
const asked = (principal: fc.Arbitrary<Principal>, resource: fc.Arbitrary<Resource>): fc.Arbitrary<Asked> =>
  fc.record({ principal, resource })
const lifecycle = fc.constant(WORKFLOW_PRINCIPAL)

/** Any question that the schema lets be asked of an action. */
const anyAbout = (action: Request['action']): fc.Arbitrary<Request> => {
  switch (action) {
    case 'releaseChange':
    case 'openWave':
      return fc.tuple(asked(lifecycle, onChange), anyRelease).map(([base, context]) => ({ ...base, action, context }))
    case 'approveChange':
      return fc
        .tuple(asked(anyPerson, onChange), fc.constantFrom('approve', 'reject', 'withdraw', 'comment'))
        .map(([base, decision]) => ({ ...base, action, context: { decision } }))
    case 'decidePolicyEdit':
      return fc
        .tuple(asked(anyPerson, onEdit), fc.constantFrom('approve', 'reject', 'withdraw', 'comment'))
        .map(([base, decision]) => ({ ...base, action, context: { decision } }))
    case 'enactPolicy':
      return fc
        .tuple(asked(lifecycle, onEdit), anyRelease, fc.constantFrom('house', 'fleet'))
        .map(([base, { approvals }, scope]) => ({ ...base, action, context: { approvals, scope } }))
    case 'expirePolicyEdit':
      return asked(lifecycle, onEdit).map(base => ({ ...base, action }))
    case 'controlChange':
      return fc
        .tuple(asked(anyPerson, onChange), fc.constantFrom('pause', 'resume', 'abort'))
        .map(([base, command]) => ({ ...base, action, context: { command } }))
    case 'viewPatch':
    case 'viewFleet':
    case 'viewChange':
    case 'viewHistory':
    case 'viewPolicy':
      return asked(anyPerson, anywhere).map(base => ({ ...base, action }))
    case 'simulate':
    case 'manageFleet':
    case 'editPolicy':
      return asked(anyPerson, fc.oneof(onHouse, onFleet)).map(base => ({ ...base, action }))
    case 'submitPatch':
    case 'viewReceivers':
    case 'manageReceivers':
      return asked(anyPerson, onHouse).map(base => ({ ...base, action }))
    case 'proposeChange':
      return asked(anyPerson, onFleet).map(base => ({ ...base, action }))
    case 'clearTransition':
      return fc
        .tuple(asked(anyPerson, onChange), fc.constantFrom('alice', 'bob'))
        .map(([base, author]) => ({ ...base, action, context: { author } }))
    case 'enrolHost':
    case 'recordForce':
      return asked(lifecycle, onFleet).map(base => ({ ...base, action }))
    case 'recordDeployment':
      return asked(lifecycle, onHouse).map(base => ({ ...base, action }))
    case 'placeHold':
      return fc
        .tuple(asked(anyPerson, fc.oneof(onHouse, onFleet, onPatch)), fc.constantFrom(...HOLD_SCOPES))
        .map(([base, scope]) => ({ ...base, action, context: { scope } }))
    case 'extendHold':
    case 'liftHold':
      return asked(anyPerson, onHold).map(base => ({ ...base, action }))
    default:
      return asked(lifecycle, onChange).map(base => ({ ...base, action }))
  }
}

export const anyRequest: fc.Arbitrary<Request> = fc.oneof(...ACTIONS.map(anyAbout))
