import type { Directive, Plan, SlotTally } from '../../shared/rollout/index.ts'

/** The default plan: 5, 50 and 100 %, with budgets of two hosts or a tenth. */
export const plan = (over: Partial<Plan> = {}): Plan => ({
  waves: [{ share: 500 }, { share: 5_000 }, { share: 10_000 }],
  soakSeconds: 60,
  waveSecondsMax: 600,
  approvalSecondsMax: 86_400,
  budgets: { failed: { count: 2, share: 0.1 }, stalled: { count: 2, share: 0.1 }, silent: { count: 2, share: 0.1 } },
  pollSeconds: 30,
  ...over,
})

/** A fleet with the same number of hosts in each of the 100 slots. */
export const evenFleet = (hostsPerSlot: number, states: SlotTally['states'] = {}): SlotTally[] =>
  Array.from({ length: 100 }, (_, slot) => ({ slot, hosts: hostsPerSlot, states }))

export const directive = (over: Partial<Directive> = {}): Directive => ({
  schema: 'supersede.directive/1',
  fleet: 'edge',
  version: 7,
  issuedAt: 1_000_000,
  expiresAt: 2_000_000,
  ask: {
    change: '01CHANGE',
    approvedBy: ['bob', 'carol'],
    livepatch: { digest: 'a'.repeat(64), name: 'lp_fix_2', size: 4_096, location: 'http://127.0.0.1/modules/a.ko' },
    route: 'replace',
    share: 500,
    admitted: ['b'.repeat(64)],
  },
  stopped: false,
  pollSeconds: 30,
  ...over,
})
