import { gunzipSync, gzipSync } from 'node:zlib'
import { sha256 } from '../canonical/index.ts'
import { bytes, CorruptItem, type Item, itemOf, type Key, padded, text, whole } from './item.ts'
import type { Table } from './table.ts'

/** Bytes of one chunk: an item may have 400 KB with its keys and names. */
export const CHUNK_BYTES_MAX = 350_000
/** Bound of what a blob unpacks to. */
const UNPACKED_BYTES_MAX = 256 * 1024 * 1024

/**
 * A text of any size as items of one partition: gzip, cut into chunks. The first chunk stands at `sk` and names the others
 * by the content's hash, so that a half-written or a second writing never mixes with it.
 */
export const blobItems = ({ pk, sk }: Key, value: string, expiresAt?: number): Item[] => {
  const packed = gzipSync(value)
  const content = sha256(packed).slice(0, 16)
  const chunks = Math.max(1, Math.ceil(packed.length / CHUNK_BYTES_MAX))
  return Array.from({ length: chunks }, (_, index) =>
    itemOf({
      pk,
      sk: index === 0 ? sk : chunkKey(sk, content, index),
      content,
      chunks,
      data: packed.subarray(index * CHUNK_BYTES_MAX, (index + 1) * CHUNK_BYTES_MAX),
      expiresAt,
    }),
  )
}

const chunkKey = (sk: string, content: string, index: number): string => `${sk}#${content}#${padded(index, 4)}`

const restKeys = (first: Item): Key[] =>
  Array.from({ length: whole(first, 'chunks') - 1 }, (_, index) => ({
    pk: text(first, 'pk'),
    sk: chunkKey(text(first, 'sk'), text(first, 'content'), index + 1),
  }))

const joined = (first: Item, rest: readonly Item[]): string => {
  if (rest.length !== whole(first, 'chunks') - 1) throw new CorruptItem(`blob ${text(first, 'pk')} has lost a chunk`)
  const inOrder = [...rest].sort((a, b) => (text(a, 'sk') < text(b, 'sk') ? -1 : 1))
  const packed = Buffer.concat([first, ...inOrder].map(item => bytes(item, 'data')))
  return gunzipSync(packed, { maxOutputLength: UNPACKED_BYTES_MAX }).toString('utf8')
}

/** The text that a first chunk begins. */
export const readBlob = async (table: Table, first: Item): Promise<string> => joined(first, await table.getMany(restKeys(first)))

/** The texts of many blobs, by partition key, in two rounds of reading. */
export const readBlobs = async (table: Table, keys: readonly Key[]): Promise<ReadonlyMap<string, string>> => {
  const firsts = await table.getMany(keys)
  const rest = Map.groupBy(await table.getMany(firsts.flatMap(restKeys)), item => text(item, 'pk'))
  return new Map(firsts.map(first => [text(first, 'pk'), joined(first, rest.get(text(first, 'pk')) ?? [])]))
}

/** Writes a blob outside of a transaction: the first chunk last, because it is what makes the others known. */
export const writeBlob = async (table: Table, key: Key, value: string, expiresAt?: number): Promise<void> => {
  for (const item of blobItems(key, value, expiresAt).reverse()) await table.write({ put: item })
}
