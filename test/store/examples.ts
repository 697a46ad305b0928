import type { ChangeEvent, Person } from '../../shared/change/index.ts'
import type { Decision } from '../../shared/policy/index.ts'
import { plan } from '../rollout/examples.ts'

export const NOON = Date.UTC(2026, 10, 20, 12)

export const alice: Person = { id: 'alice', name: 'Alice', groups: ['kernel-maintainers'] }

/** Leave as the policy room gives it; the store only writes down who allowed what. */
export const leave = { action: 'test', principal: 'alice', policies: ['allow-all'], policyVersion: 'p1', edition: 0 } as unknown as Decision

export const proposed = (id: string, fleet = 'edge', proposer = alice): ChangeEvent => ({
  type: 'proposed',
  id,
  fleet,
  livepatch: 'a'.repeat(64),
  plan: plan(),
  reason: 'CVE-2026-1',
  proposer,
})

export const judged: ChangeEvent = {
  type: 'judged',
  digest: 'd'.repeat(64),
  bound: { livepatch: 'a'.repeat(64), verdict: 'v'.repeat(64), plan: plan(), policy: 'p1' },
  outcome: 'clear',
  downgrade: false,
}

export const approvedBy = (by: Person): ChangeEvent => ({ type: 'approved', by, digest: 'd'.repeat(64), comment: '' })
export const aborted: ChangeEvent = { type: 'aborted', by: alice, reason: 'not today' }

/** Ids that order as ULIDs do. */
let ids = 0
export const newId = (): string => {
  ids += 1
  return `01J${String(ids).padStart(10, '0')}`
}
