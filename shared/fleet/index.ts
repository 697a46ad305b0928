export { type CounterDelta, counterDeltas } from './counter-deltas.ts'
export { foldReport } from './fold-report.ts'
export type { Host, HostFact, Moved } from './host.ts'
export {
  EnrolmentProof,
  FleetId,
  HOST_TOKEN_SECONDS_MAX,
  HostId,
  HostSignatureHeader,
  HostTokenClaims,
  PublicKey,
} from './host-token.ts'
export { Between, HOST_STATES, HostState, Report } from './report.ts'
export { evidenceDigest, TransitionEvidence, type WaitingTask } from './transition-evidence.ts'
