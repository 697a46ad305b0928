import type { Change, judge } from '../shared/change/index.ts'
import { judgeRecorded } from '../shared/verdict/index.ts'
import { type JudgePorts, judgedOnFleet } from './judged-on-fleet.ts'
import type { Ports } from './ports.ts'

/** What a change would do to the stacks that its fleet runs now, by the route of a plan, under the policies of now; verdict and inputs are kept in the catalog. */
export const judgeNow = async (
  ports: JudgePorts & Pick<Ports, 'policy'>,
  change: Change,
  { route }: Change['plan'] = change.plan,
): Promise<Parameters<typeof judge>[1]> => {
  const manifest = await ports.catalog.manifest(change.livepatch)
  if (!manifest) throw new Error(`the catalog has no livepatch ${change.livepatch}`)
  const { verdict, inputs } = judgeRecorded({ ...(await judgedOnFleet(ports, change, manifest)), route })
  return { verdict, verdictDigest: await ports.catalog.putVerdict(verdict, inputs), policyVersion: ports.policy.set().version }
}
