import type { Commit } from '../history/index.ts'
import { isNoticeworthy } from '../notice/index.ts'
import { type Item, itemOf, type Key, text, whole } from './item.ts'
import type { Announced } from './ports.ts'
import type { Table, Write } from './table.ts'

/*
 * Commits that somebody may want to hear of, until the notices are on their way: each is put here by the very transaction that appends
 * it, so that no crash comes between. One partition, oldest first; whoever tells people empties it within seconds.
 *
 *   pk       sk
 *   outbox   <at>#<commit>      which commit of which stream
 */
const OUTBOX = 'outbox'

const keyOf = ({ at, id }: Pick<Announced, 'at' | 'id'>): Key => ({ pk: OUTBOX, sk: `${at}#${id}` })

const outboxItem = ({ stream, sequence, at, id }: Announced): Item => itemOf({ ...keyOf({ at, id }), stream, sequence, at, commitId: id })

const readAnnounced = (item: Item): Announced => ({
  stream: text(item, 'stream'),
  sequence: whole(item, 'sequence'),
  at: text(item, 'at'),
  id: text(item, 'commitId'),
})

/** What somebody may want to hear of goes into the outbox with its commit, so that no crash comes between. */
export const announceWrites = (commit: Commit): Write[] =>
  isNoticeworthy(commit.stream, commit.events) ? [{ put: outboxItem(commit) }] : []

/** Strongly consistent. */
export const readOutbox = async (table: Table, limit: number): Promise<readonly Announced[]> => {
  const { items } = await table.query({ key: { text: 'pk = :pk', values: { pk: OUTBOX } }, forward: true, limit })
  return items.map(readAnnounced)
}

/** Taking out what somebody else has taken out is as good. */
export const takeFromOutbox = async (table: Table, announced: readonly Announced[]): Promise<void> => {
  const [first, ...others] = announced.map((one): Write => ({ remove: keyOf(one) }))
  if (first && others.length === 0) await table.write(first)
  else if (first) await table.transact([first, ...others])
}
