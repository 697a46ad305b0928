import { evidenceDigest, type Host } from '../../shared/fleet/index.ts'
import { type Problem, problem } from '../http/problem.ts'
/** A forced transition pins its modules until the next boot (kernel/livepatch/transition.c): no change reaches the host before. */
export const isToReboot = ({ state, stack }: Host): boolean => state === 'forced' || stack?.forced === true

export const unknownHost = (id: string): Problem =>
  problem('unknown-host', `Look for the host with \`GET /fleets/{fleet}/hosts\`; ${JSON.stringify(id)} is none.`)

/** A host as people look at it. */
export const hostDocument = (host: Host) => {
  const { id, fleet, bucket, state, stackDigest, stack, change, refusal, transition, clearance, between } = host
  const { bootId, sequence, enrolledAt, lastSeenAt } = host
  return {
    ...{ id, fleet, bucket, state, cohort: stackDigest },
    kernelRelease: stack?.kernelRelease ?? null,
    livepatches: stack?.livepatches ?? [],
    ...{ change, refusal, transition },
    evidence: transition && evidenceDigest(transition),
    ...{ clearance, between, toReboot: isToReboot(host) },
    ...{ bootId, sequence, enrolledAt, lastSeenAt },
  }
}
