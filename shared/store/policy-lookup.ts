import { ACTIVE_KEY, editionKey, readActive, readEdition } from './edition-items.ts'
import type { PolicyLookup } from './policy-ports.ts'
import type { Table } from './table.ts'

/** Which edition of the policies is in force, and its texts: two single items. */
export const openPolicyLookup = (table: Table): PolicyLookup => ({
  active: async () => {
    const item = await table.get(ACTIVE_KEY)
    return item && readActive(item)
  },
  edition: async number => {
    const item = await table.get(editionKey(number))
    return item && readEdition(item)
  },
})
