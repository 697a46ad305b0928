import { Failure } from './failure.ts'

/** What `--until` was given, as the server takes it: ISO 8601 in UTC. */
export const timeOf = (until: string): string => {
  const at = Date.parse(until)
  if (Number.isNaN(at)) throw new Failure('usage', '--until takes a time, for example 2026-12-01T18:00Z')
  return new Date(at).toISOString()
}
