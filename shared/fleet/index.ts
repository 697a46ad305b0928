export type { Host, HostFact, Moved } from './host.ts'
export { HOST_STATES, HostState, Report } from './report.ts'
