import { appendEdit, loadEdit } from './append-edit.ts'
import { dayNotes } from './day-notes.ts'
import { ALL_EDITS, editsIn, readEditHead } from './edit-items.ts'
import { EDITIONS, readEditionHead } from './edition-items.ts'
import { type Listing, listPage } from './listing.ts'
import type { Pause } from './pause.ts'
import { openPolicyLookup } from './policy-lookup.ts'
import type { PolicyStore } from './policy-ports.ts'
import { INDEXES } from './ports.ts'
import type { Table } from './table.ts'

/** Editions and edits of the policies (edition-items.ts and edit-items.ts say what stands where). */
export const openPolicies = (table: Table, pause: Pause): PolicyStore => {
  const noteDay = dayNotes(table)
  const listing = (index: string): Listing => ({ table, index, order: 'newest-first' })
  return {
    ...openPolicyLookup(table),
    editions: page => listPage({ table, order: 'newest-first' }, { value: EDITIONS }, page, readEditionHead),
    loadEdit: async id => (await loadEdit(table, id, pause)).loaded,
    appendEdit: async request => {
      await noteDay(request.at)
      return appendEdit(table, request, pause)
    },
    edits: ({ status }, page) =>
      status === undefined
        ? listPage(listing(INDEXES.byDay), { value: ALL_EDITS }, page, readEditHead)
        : listPage(listing(INDEXES.byStatus), { value: editsIn(status) }, page, readEditHead),
  }
}
