import { evidenceDigest, type Host } from '../../shared/fleet/index.ts'
import { type Problem, problem } from '../http/problem.ts'

export const unknownHost = (id: string): Problem =>
  problem('unknown-host', `Look for the host with \`GET /fleets/{fleet}/hosts\`; ${JSON.stringify(id)} is none.`)

/** A host as people look at it. */
export const hostDocument = ({
  id,
  fleet,
  bucket,
  state,
  stackDigest,
  stack,
  change,
  refusal,
  transition,
  clearance,
  between,
  bootId,
  sequence,
  enrolledAt,
  lastSeenAt,
}: Host) => ({
  id,
  fleet,
  bucket,
  state,
  cohort: stackDigest,
  kernelRelease: stack?.kernelRelease ?? null,
  livepatches: stack?.livepatches ?? [],
  change,
  refusal,
  transition,
  evidence: transition && evidenceDigest(transition),
  clearance,
  between,
  bootId,
  sequence,
  enrolledAt,
  lastSeenAt,
})
