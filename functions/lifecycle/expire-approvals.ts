import { expire } from '../../shared/change/index.ts'
import { missingForRelease } from '../../shared/policy/index.ts'
import type { Loaded } from '../../shared/store/index.ts'
import { appendChange, byWorkflow, leaveOf } from '../append-change.ts'
import { noEarlier } from '../no-earlier.ts'
import type { Ports } from '../ports.ts'
import { situationOf } from '../situation-of.ts'
import { type WaitAgain, waitAgain } from '../wake.ts'

export type ExpirePorts = Pick<Ports, 'ledger' | 'holds' | 'catalog' | 'policy' | 'now' | 'newId'>

const missingOf = async (ports: ExpirePorts, { change }: Loaded): Promise<readonly string[]> => {
  const { catalog, policy } = ports
  const verdict = change.review && (await catalog.verdict(change.review.bound.verdict))
  return verdict ? missingForRelease(policy.set(), change, verdict, await situationOf(ports, change)) : []
}

export type Expired = { readonly released: boolean } | WaitAgain

/**
 * The workflow has waited long enough. `released`: the last approval came between the deadline and this task, and the change goes on.
 * `again`: the deadline itself moved meanwhile.
 */
export const expireApprovals =
  (machine: ExpirePorts) =>
  async ({ change: id }: { readonly change: string }): Promise<Expired> => {
    const appended = await appendChange<Expired>(machine, id, async loaded => {
      const ports = noEarlier(machine, loaded)
      const left = waitAgain(loaded.change, ports.now())
      if (left) return { settled: left }
      const outcome = expire(loaded.change, { missing: await missingOf(ports, loaded) })
      if (outcome.ok) return byWorkflow(outcome.events, leaveOf(ports, 'expireChange', loaded))
      return { settled: { released: loaded.change.rollout !== null && loaded.change.status !== 'aborted' } }
    })
    return appended && 'settled' in appended ? appended.settled : { released: false }
  }
