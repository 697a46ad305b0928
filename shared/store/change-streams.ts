import { type Change, replay } from '../change/index.ts'
import type { Commit } from '../history/index.ts'
import { CorruptItem, type Item, padded, text, whole } from './item.ts'
import { changeStream, headKey, readChangeCommit } from './ledger-items.ts'
import { ATTEMPTS_MAX, type Pause } from './pause.ts'
import type { Loaded } from './ports.ts'
import type { Table } from './table.ts'

type Remembered = { readonly change: Change; readonly newest: Commit }
export type Stream = { readonly loaded: Loaded | null; readonly newest: Commit | null }

/** Changes kept in memory, the least recently used go first. */
const REMEMBERED_MAX = 200

const streamOf = (known: Remembered | null): Stream => ({ loaded: known && loadedFrom(known), newest: known?.newest ?? null })
export const loadedFrom = ({ change, newest }: Remembered): Loaded => ({
  change,
  version: newest.sequence,
  lastHash: newest.hash,
  at: newest.at,
})

const fold = (known: Remembered | null, items: readonly Item[]): Remembered | null => {
  const commits = items.filter(item => item['commit'] !== undefined).map(readChangeCommit)
  const change = replay(commits, known?.change ?? null)
  const newest = commits.at(-1) ?? known?.newest
  return change && newest ? { change, newest } : null
}

/**
 * The head moves in the same transaction as the newest commit. They disagree while such a transaction is half visible (a query
 * is read-committed, not serializable), or where what we remember is another table's past.
 */
const agrees = (known: Remembered | null, items: readonly Item[]): boolean => {
  const head = items.find(item => text(item, 'sk') === 'head')
  if (head === undefined) return known === null
  return known !== null && whole(head, 'version') === known.newest.sequence && text(head, 'lastHash') === known.newest.hash
}

/**
 * Changes by replaying their commits, strongly consistent. Commits never change, so what was folded once is kept and only newer
 * commits are read; the head, which comes with every reading, says whether the result is the newest state.
 */
export const openChangeStreams = (table: Table, pause: Pause) => {
  const known = new Map<string, Remembered>()

  const remember = (one: Remembered): Loaded => {
    known.delete(one.change.id)
    known.set(one.change.id, one)
    const oldest = known.keys().next().value
    if (known.size > REMEMBERED_MAX && oldest !== undefined) known.delete(oldest)
    return loadedFrom(one)
  }

  /** What is remembered, where the head says that it is the newest state: one item is read, with whatever else is read just then. */
  const loadKnown = async (id: string): Promise<Stream | null> => {
    const one = known.get(id)
    const head = one ? await table.get(headKey(changeStream(id))) : null
    return one && head && agrees(one, [head]) ? { loaded: remember(one), newest: one.newest } : null
  }

  const load = async (id: string): Promise<Stream> => (await loadKnown(id)) ?? loadNewer(id)

  const loadNewer = async (id: string): Promise<Stream> => {
    for (let tried = 0; tried < ATTEMPTS_MAX; tried += 1) {
      const before = known.get(id) ?? null
      const items = await table.partition(changeStream(id), before ? padded(before.newest.sequence) : undefined)
      const after = fold(before, items)
      if (agrees(after, items)) {
        if (after) remember(after)
        return streamOf(after)
      }
      known.delete(id)
      await pause(tried)
    }
    throw new CorruptItem(`the head of change ${id} and its newest commit disagree`)
  }

  /** Without reading: only if exactly this version is at hand. Whoever writes on it does so under the head's condition. */
  const remembered = (id: string, version: number, lastHash: string | null): Stream | null => {
    const one = known.get(id)
    return one && one.newest.sequence === version && one.newest.hash === lastHash ? streamOf(one) : null
  }

  /** As it was when this process last saw it. */
  const recall = (id: string): Loaded | null => streamOf(known.get(id) ?? null).loaded

  return { load, remember, remembered, recall }
}

export type ChangeStreams = ReturnType<typeof openChangeStreams>
