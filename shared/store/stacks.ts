import { Stack, stackDigest } from '../kernel/index.ts'
import { readBlobs, writeBlob } from './blob.ts'
import { stackKey } from './fleet-items.ts'
import type { Table } from './table.ts'

/** Stacks kept in memory; they never change under their digest. */
const KNOWN_MAX = 2_000

/** Stacks by their digest, each stored once. Written before any host points at it, and outside of its transaction, where it would contend. */
export const openStacks = (table: Table) => {
  const known = new Map<string, Stack>()
  const remember = (digest: string, stack: Stack): void => {
    if (known.size >= KNOWN_MAX) known.clear()
    known.set(digest, stack)
  }

  const put = async (stacks: readonly Stack[]): Promise<void> => {
    const fresh = new Map(stacks.map(stack => [stackDigest(stack), stack] as const).filter(([digest]) => !known.has(digest)))
    const present = new Set((await table.getMany([...fresh.keys()].map(stackKey))).map(item => item['pk']?.S))
    for (const [digest, stack] of fresh) {
      if (!present.has(stackKey(digest).pk)) await writeBlob(table, stackKey(digest), JSON.stringify(stack))
      remember(digest, stack)
    }
  }

  const get = async (digests: readonly string[]): Promise<ReadonlyMap<string, Stack>> => {
    const missing = [...new Set(digests)].filter(digest => !known.has(digest))
    const texts = await readBlobs(table, missing.map(stackKey))
    const read = new Map(
      missing.flatMap(digest => {
        const found = texts.get(stackKey(digest).pk)
        return found === undefined ? [] : [[digest, Stack.parse(JSON.parse(found))] as const]
      }),
    )
    for (const digest of digests) {
      const stack = known.get(digest)
      if (stack) read.set(digest, stack)
    }
    for (const [digest, stack] of read) remember(digest, stack)
    return read
  }

  return { put, get }
}

export type Stacks = ReturnType<typeof openStacks>
