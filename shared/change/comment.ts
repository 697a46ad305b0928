import type { Change, Person } from './change.ts'
import { accept, type Outcome, refuse, refusedByStatus } from './outcome.ts'

/** `id`: of the request that carries it. */
export type Comment = { readonly id: string; readonly by: Person; readonly text: string }

/** A word to the record of a change that has not ended; it decides nothing, so anybody whom policy lets may say it. */
export const comment = (change: Change, { id, by, text }: Comment): Outcome => {
  const refused = refusedByStatus(change, 'comment')
  if (refused) return refused
  if (text.trim() === '') return refuse('comment-missing')
  return accept({ type: 'commented', id, by, text })
}
