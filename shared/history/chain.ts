import { digestOf } from '../canonical/index.ts'
import type { Commit } from './commit.ts'

/** A commit before it has its place: the store knows the stream's end, chain gives sequence and hashes. */
export type Draft = Omit<Commit, 'sequence' | 'previousHash' | 'hash'>
/** Where a stream ends: its newest commit, or just that commit's number and hash. */
export type End = Pick<Commit, 'sequence' | 'hash'>

/** The hash of a commit: SHA-256 over the canonical JSON of everything but the hash itself. */
export const commitHash = ({ hash: _, ...rest }: Omit<Commit, 'hash'> & { readonly hash?: string }): string => digestOf(rest)

/**
 * Puts a draft behind a stream's end (null: it is the first).
 * Ordering duty of whoever stores it: write it only if the stream still ends there (one conditional write), else read the
 * new end and chain again. Two commits on one end would both verify, each in its own version of history.
 */
export const chain = (previous: End | null, draft: Draft): Commit => {
  const { stream, id, at, actor, events, policies } = draft
  const sequence = (previous?.sequence ?? 0) + 1
  const body = { stream, sequence, id, at, actor, events, policies, previousHash: previous?.hash ?? null }
  return { ...body, hash: commitHash(body) }
}

export type ChainVerdict = { readonly ok: true } | { readonly ok: false; readonly sequence: number; readonly why: ChainFault }
export type ChainFault = 'hash-differs' | 'previous-hash-differs' | 'sequence-differs' | 'stream-differs' | 'goes-back-in-time'

const faultOf = (commit: Commit, previous: (End & Partial<Commit>) | null): ChainFault | null => {
  if (previous?.stream !== undefined && previous.stream !== commit.stream) return 'stream-differs'
  if (commit.sequence !== (previous?.sequence ?? 0) + 1) return 'sequence-differs'
  if (commit.previousHash !== (previous?.hash ?? null)) return 'previous-hash-differs'
  if (commitHash(commit) !== commit.hash) return 'hash-differs'
  if (previous?.at !== undefined && commit.at < previous.at) return 'goes-back-in-time'
  return null
}

/**
 * Checks one stream's commits, oldest first, from its beginning or from a known end on. It finds every edit, insertion,
 * removal and reordering inside; a stream cut short at its end is whole to it, which is what checkpoints are for.
 */
export const verifyChain = (commits: readonly Commit[], after: End | null = null): ChainVerdict => {
  for (const [index, commit] of commits.entries()) {
    const why = faultOf(commit, commits[index - 1] ?? after)
    if (why !== null) return { ok: false, sequence: commit.sequence, why }
  }
  return { ok: true }
}
