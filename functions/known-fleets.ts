import { type FileChanges, fleetsIn } from '../shared/edition/index.ts'
import type { Ports } from './ports.ts'

/** The fleets that there are, where an edit of the policies names any. */
export const knownFleets = async ({ fleets }: Pick<Ports, 'fleets'>, files: FileChanges): Promise<ReadonlySet<string>> =>
  new Set(fleetsIn(files).length === 0 ? [] : await fleets.ids())
