import { describe, expect, test } from '@jest/globals'
import { authorize, type ReleaseContext, type Request, UNHINDERED, WORKFLOW_PRINCIPAL } from '../../shared/policy/index.ts'
import { housePolicies } from './house-policies.ts'

const members = { 'kernel-maintainers': 1, security: 1 }
const approvals = { people: 2, members, signedOff: [], changesRequested: 0 }
const clear = { outcome: 'clear', block: [], review: [], downgrade: false, fixesLost: [], accepted: [] }
const calm: ReleaseContext = { ...UNHINDERED, approvals, verdict: clear, plan: { waves: 3, firstShare: 1_000, soakSeconds: 3_600 } }
const change = { type: 'Change', id: 'c', fleet: 'edge', proposer: 'alice', builder: 'dora' } as const
const edit = { type: 'PolicyEdit', id: 'e', fleet: null, proposer: 'alice' } as const
const move = (over: Partial<ReleaseContext>, action: 'releaseChange' | 'openWave' = 'releaseChange'): Request => ({
  principal: WORKFLOW_PRINCIPAL,
  action,
  resource: change,
  context: { ...calm, ...over },
})
const reviewed = (over: Partial<typeof clear> | { review: readonly string[] }) => ({ ...clear, outcome: 'review', ...over })
const enact = (people: number, security: number, scope: 'house' | 'fleet' = 'house'): Request => ({
  principal: WORKFLOW_PRINCIPAL,
  action: 'enactPolicy',
  resource: edit,
  context: { approvals: { ...approvals, people, members: security === 0 ? {} : { security } }, scope },
})
const by = (id: string) => ({ type: 'Person', id, groups: ['kernel-maintainers', 'security'] }) as const
const approve = (id: string): Request => ({
  principal: by(id),
  action: 'approveChange',
  resource: change,
  context: { decision: 'approve' },
})

/** Circumstances in which a rule alone says no, and beside them others, as near as can be, in which it does not. */
const ROWS: readonly (readonly [rule: string, held: Request, free: Request])[] = [
  ['two-people', move({ approvals: { ...approvals, people: 1 } }), move({})],
  ['one-kernel-maintainer', move({ approvals: { ...approvals, members: { security: 2 } } }), move({})],
  ['three-for-production', move({ tier: 'production' }), move({ tier: 'production', approvals: { ...approvals, people: 3 } })],
  [
    'security-for-a-wide-first-wave',
    move({
      ...{ tier: 'production', plan: { ...calm.plan, firstShare: 1_001 } },
      approvals: { ...approvals, people: 3, members: { 'kernel-maintainers': 3 } },
    }),
    move({ tier: 'production', approvals: { ...approvals, people: 3, members: { 'kernel-maintainers': 3 } } }),
  ],
  [
    'security-reviews-risk',
    move({ verdict: reviewed({ review: ['no-way-back'] }), approvals: { ...approvals, members: { 'kernel-maintainers': 2 } } }),
    move({ verdict: reviewed({ review: ['no-way-back'] }) }),
  ],
  ['never-with-a-blocking-finding', move({ verdict: { ...clear, outcome: 'block' } }), move({})],
  [
    'accepted-in-an-emergency',
    move({ unconfirmed: ['missing-callback:lp_2:vmlinux:post_unpatch'] }),
    move({ verdict: { ...clear, accepted: ['missing-callback:lp_2:vmlinux:post_unpatch'] } }),
  ],
  [
    'signed-off-downgrade',
    move({ verdict: { ...clear, downgrade: true } }),
    move({ verdict: { ...clear, downgrade: true }, approvals: { ...approvals, signedOff: ['downgrade'] } }),
  ],
  [
    'signed-off-fixes-lost',
    move({ verdict: { ...clear, fixesLost: ['CVE-2026-0001'] }, approvals: { ...approvals, signedOff: ['downgrade'] } }),
    move({ verdict: { ...clear, fixesLost: ['CVE-2026-0001'] }, approvals: { ...approvals, signedOff: ['fixes-lost'] } }),
  ],
  [
    'signed-off-functions-reverted',
    move({ verdict: reviewed({ review: ['functions-reverted'] }) }),
    move({ verdict: reviewed({ review: ['functions-reverted'] }), approvals: { ...approvals, signedOff: ['functions-reverted'] } }),
  ],
  [
    'signed-off-disable-then-load',
    move({ route: 'disable-then-load' }),
    move({ route: 'disable-then-load', approvals: { ...approvals, signedOff: ['disable-then-load'] } }),
  ],
  ['owners-consent', move({ unconsented: ['databases'] }), move({})],
  ['no-open-request-for-changes', move({ approvals: { ...approvals, changesRequested: 1 } }), move({})],
  ['nothing-moves-while-held', move({ held: ['livepatch'] }, 'openWave'), move({}, 'openWave')],
  ['no-release-in-a-freeze', move({ frozen: ['year-end'] }), move({ frozen: ['year-end'] }, 'openWave')],
  ['only-in-a-maintenance-window', move({ outsideWindows: true }, 'openWave'), move({ outsideWindows: true })],
  ['four-eyes', approve('alice'), approve('bob')],
  ['four-eyes', approve('dora'), approve('bob')],
  [
    'four-eyes-on-policy',
    { principal: by('alice'), action: 'decidePolicyEdit', resource: edit, context: { decision: 'approve' } },
    { principal: by('bob'), action: 'decidePolicyEdit', resource: edit, context: { decision: 'approve' } },
  ],
  ['policy-two-people', enact(1, 1), enact(2, 1)],
  ['policy-security', enact(2, 0), enact(2, 0, 'fleet')],
]

describe('every rule of the house that forbids matters by itself', () => {
  test.each(ROWS)('%s', (rule, held, free) => {
    expect(authorize(housePolicies, held)).toMatchObject({ allowed: false, policies: [rule] })
    expect(authorize(housePolicies, free)).toMatchObject({ allowed: true })
  })

  test('and none is without a row', () => {
    const forbids = housePolicies.policies.filter(({ effect }) => effect === 'forbid').map(({ id }) => id)
    expect(forbids.filter(id => !ROWS.some(([rule]) => rule === id))).toEqual([])
  })
})
