export { CohortVerdict, Finding, Severity, Verdict, WayBack } from './verdict.ts'
