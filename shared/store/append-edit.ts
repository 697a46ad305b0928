import { replayEdit } from '../edition/index.ts'
import { type Commit, chain } from '../history/index.ts'
import { notBefore } from './append-change.ts'
import { editHeadItem, editStream, readEditCommit } from './edit-items.ts'
import { activeItem, editionItem, isInForce } from './edition-items.ts'
import { CorruptItem, type Item, text, whole } from './item.ts'
import { commitItem, commitKey } from './ledger-items.ts'
import { announceWrites } from './outbox.ts'
import { ATTEMPTS_MAX, type Pause } from './pause.ts'
import type { LoadedEdit, PolicyStore } from './policy-ports.ts'
import { type Expression, IS_NEW, type Table, type Write } from './table.ts'

type AppendRequest = Parameters<PolicyStore['appendEdit']>[0]
type Stream = { readonly loaded: LoadedEdit | null; readonly newest: Commit | null }

/** The head moves in the same transaction as the newest commit; they disagree only while such a transaction is half visible. */
const agrees = (head: Item | undefined, newest: Commit | undefined): boolean =>
  head === undefined ? newest === undefined : whole(head, 'version') === newest?.sequence && text(head, 'lastHash') === newest.hash

/** An edit by replaying its commits, strongly consistent. There are few: people's words on one edit. */
export const loadEdit = async (table: Table, id: string, pause: Pause): Promise<Stream> => {
  for (let tried = 0; tried < ATTEMPTS_MAX; tried += 1) {
    const items = await table.partition(editStream(id))
    const commits = items.filter(item => item['commit'] !== undefined).map(readEditCommit)
    const newest = commits.at(-1)
    const head = items.find(item => text(item, 'sk') === 'head')
    if (agrees(head, newest)) {
      const edit = replayEdit(commits)
      return newest && edit ? { loaded: { edit, version: newest.sequence, lastHash: newest.hash }, newest } : { loaded: null, newest: null }
    }
    await pause(tried)
  }
  throw new CorruptItem(`the head of policy edit ${id} and its newest commit disagree`)
}

const unchanged = (before: LoadedEdit | null): Expression =>
  before === null
    ? IS_NEW
    : { text: 'version = :version AND lastHash = :hash', values: { version: before.version, hash: before.lastHash ?? '' } }

/** An edition comes into force on the one before it and on no other: of two that start from the same one, one does. */
const enactment = ({ id, events, enacts }: AppendRequest, commit: Commit): Write[] => {
  if (enacts === null) return []
  const enacted = events.find(event => event.type === 'enacted')
  if (enacted?.edition !== enacts.number) throw new Error(`policy edit ${id} does not say that it becomes edition ${enacts.number}`)
  return [
    { put: editionItem(enacts, enacted.version, id, commit), if: IS_NEW },
    { put: activeItem(enacts), if: isInForce(enacts.number - 1) },
  ]
}

const draftOf = ({ id, events, actor, at, commitId, decision }: AppendRequest, newest: Commit | null) => ({
  ...{ stream: editStream(id), id: commitId, at: notBefore(at, newest?.at) },
  ...{ actor, events, policies: decision.policies },
})

/** Our own commit stands where we wanted to put it: an answer got lost, and this is its repetition. */
const conflictOrRepetition = async (table: Table, request: AppendRequest, pause: Pause): ReturnType<PolicyStore['appendEdit']> => {
  const there = await table.get(commitKey(editStream(request.id), request.expected + 1))
  const isOurs = there !== null && readEditCommit(there).id === request.commitId
  const { loaded } = isOurs ? await loadEdit(table, request.id, pause) : { loaded: null }
  return loaded ? { ok: true, loaded } : { ok: false, error: 'conflict' }
}

/**
 * Appends one commit by one transaction: the commit (which must be new), the head (whose version must be the expected one) and, where the
 * edit comes into force, its edition and the item that says which one is. A process that dies has done all of it or nothing.
 */
export const appendEdit = async (table: Table, request: AppendRequest, pause: Pause): ReturnType<PolicyStore['appendEdit']> => {
  const { loaded, newest } = await loadEdit(table, request.id, pause)
  if ((loaded?.version ?? 0) !== request.expected || (loaded?.lastHash ?? null) !== request.lastHash)
    return conflictOrRepetition(table, request, pause)
  const commit = chain(newest, draftOf(request, newest))
  const edit = replayEdit([{ at: commit.at, events: request.events }], loaded?.edit ?? null)
  if (edit?.id !== request.id) throw new Error(`policy edit ${request.id} has another's events`)
  const outcome = await table.transact([
    { put: commitItem(commit, edit.fleet), if: IS_NEW },
    { put: editHeadItem(edit, commit), if: unchanged(loaded) },
    ...enactment(request, commit),
    ...announceWrites(commit),
  ])
  return outcome.ok
    ? { ok: true, loaded: { edit, version: commit.sequence, lastHash: commit.hash } }
    : conflictOrRepetition(table, request, pause)
}
