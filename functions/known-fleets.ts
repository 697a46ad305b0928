import { type FileChanges, fleetsIn } from '../shared/edition/index.ts'
import type { Ports } from './ports.ts'

const FLEETS_MAX = 32

/** Which of the fleets that an edit of the policies names there are. */
export const knownFleets = async ({ fleets }: Pick<Ports, 'fleets'>, files: FileChanges): Promise<ReadonlySet<string>> => {
  const named = fleetsIn(files).slice(0, FLEETS_MAX)
  const summaries = await Promise.all(named.map(fleet => fleets.summary(fleet)))
  return new Set(summaries.flatMap(summary => summary?.id ?? []))
}
