export { type Judge, judgeChange, verdictDigest } from './judge-change.ts'
export { CohortVerdict, Finding, Severity, Verdict, WayBack } from './verdict.ts'
