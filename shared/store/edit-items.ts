import * as z from 'zod'
import { EDIT_STATUSES, type PolicyEdit, PolicyEditEvent } from '../edition/index.ts'
import type { Commit } from '../history/index.ts'
import { CorruptItem, type Item, itemOf, text, textOrNull, whole } from './item.ts'
import { headKey, readCommit } from './ledger-items.ts'
import type { EditHead } from './policy-ports.ts'

/*
 * Edits of the policies, in the ledger's table beside its own items (ledger-items.ts).
 *
 *   pk                  sk                      what
 *   policy-edit#<id>    000000000001            a commit of an edit
 *   policy-edit#<id>    head                    the edit at a glance; its version guards the next append
 *
 *   index               heads of edits
 *   by-status           policy-edit#<status> · <proposed at>#<id>
 *   by-day              policy-edits · <proposed at>#<id>
 */

export const ALL_EDITS = 'policy-edits'
export const editStream = (id: string): string => `policy-edit#${id}`
export const editsIn = (status: string): string => `policy-edit#${status}`

const StoredEvents = z.array(PolicyEditEvent)

/** A commit of an edit: its events are of the kinds that an edit knows. */
export const readEditCommit = (item: Item): Commit & { readonly events: readonly PolicyEditEvent[] } => {
  const commit = readCommit(item)
  return { ...commit, events: StoredEvents.parse(commit.events) }
}

const REASON_SHOWN_MAX = 200

export const editHeadItem = (edit: PolicyEdit, newest: Commit): Item =>
  itemOf({
    ...headKey(newest.stream),
    id: edit.id,
    status: edit.status,
    fleet: edit.fleet,
    proposer: edit.proposer.id,
    proposedAt: edit.proposedAt,
    updatedAt: newest.at,
    reason: edit.reason.slice(0, REASON_SHOWN_MAX),
    paths: JSON.stringify(Object.keys(edit.files).sort()),
    edition: edit.edition,
    version: newest.sequence,
    lastHash: newest.hash,
    statusKey: editsIn(edit.status),
    updatedKey: `${edit.proposedAt}#${edit.id}`,
    dayKey: ALL_EDITS,
    dayTime: `${edit.proposedAt}#${edit.id}`,
  })

export const readEditHead = (item: Item): EditHead => {
  const status = EDIT_STATUSES.find(candidate => candidate === text(item, 'status'))
  if (status === undefined) throw new CorruptItem(`policy edit ${text(item, 'id')} has no known status`)
  return {
    id: text(item, 'id'),
    status,
    fleet: textOrNull(item, 'fleet'),
    proposer: text(item, 'proposer'),
    proposedAt: text(item, 'proposedAt'),
    updatedAt: text(item, 'updatedAt'),
    reason: text(item, 'reason'),
    paths: z.array(z.string()).parse(JSON.parse(text(item, 'paths'))),
    edition: item['edition'] ? whole(item, 'edition') : null,
  }
}
