import type { Host } from '../../shared/fleet/index.ts'

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
  sequence,
  enrolledAt,
  lastSeenAt,
})
