import { gunzipSync, gzipSync } from 'node:zlib'
import * as z from 'zod'
import type { Edge } from '../lineage/index.ts'
import { bytes, type Item, itemOf } from './item.ts'
import { listPage } from './listing.ts'
import type { LineageStore } from './ports.ts'
import { IS_NEW, type Table } from './table.ts'

/*
 * The replaced-by graph, each edge at both of its ends, so that either question is one query:
 *
 *   pk                     sk                              what
 *   replaced-by#<digest>   <change>#<fleet>#<next>         who replaced it
 *   replaced#<digest>      <change>#<fleet>#<previous|->   whom it replaced
 *
 * Changes are named by ULIDs, so the sort key orders by time. An edge is the same edge if both ends, fleet and change are.
 */

const replacedByOf = (digest: string): string => `replaced-by#${digest}`
const replacedOf = (digest: string): string => `replaced#${digest}`

const StoredEdge = z.object({
  previous: z.string().nullable(),
  next: z.string(),
  fleet: z.string(),
  change: z.string(),
  route: z.literal('disable-then-load').optional(),
  at: z.string(),
  hosts: z.int(),
  kept: z.array(z.string()),
  repatched: z.array(z.string()),
  added: z.array(z.string()),
  reverted: z.array(z.string()),
  leftOpen: z.array(z.string()).optional(),
})

/** Function lists can be thousands of names long; they pack well. */
const readEdge = (item: Item): Edge => StoredEdge.parse(JSON.parse(gunzipSync(bytes(item, 'edge')).toString('utf8')))

const edgeItems = (edge: Edge): Item[] => {
  const packed = gzipSync(JSON.stringify(edge))
  const place = `${edge.change}#${edge.fleet}`
  const atNext = itemOf({ pk: replacedOf(edge.next), sk: `${place}#${edge.previous ?? '-'}`, edge: packed })
  return edge.previous === null
    ? [atNext]
    : [atNext, itemOf({ pk: replacedByOf(edge.previous), sk: `${place}#${edge.next}`, edge: packed })]
}

/** Edges are facts: one that is there already stays as it was first written, and both of its ends come at once. */
export const openLineage = (table: Table): LineageStore => ({
  add: async edges => {
    for (const edge of edges) await table.transact(edgeItems(edge).map(put => ({ put, if: IS_NEW })))
  },
  replacedBy: (digest, page) => listPage({ table, order: 'newest-first' }, { value: replacedByOf(digest) }, page, readEdge),
  replaced: (digest, page) => listPage({ table, order: 'newest-first' }, { value: replacedOf(digest) }, page, readEdge),
})
