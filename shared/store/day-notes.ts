import { itemOf } from './item.ts'
import { DAYS, dayOf } from './ledger-items.ts'
import type { Table } from './table.ts'

/** The day is noted before its first commit, so that a walk over the days misses none; once per process and day. */
export const dayNotes = (table: Table) => {
  const noted = new Set<string>()
  return async (at: number): Promise<void> => {
    const day = dayOf(new Date(at).toISOString())
    if (noted.has(day)) return
    await table.write({ put: itemOf({ pk: DAYS, sk: day }) })
    noted.add(day)
  }
}
