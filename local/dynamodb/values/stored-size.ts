import type { AttributeMap, AttributeValue } from './attribute-value.ts'
import { valueBytes } from './size.ts'

/*
 * What an item counts towards the 1 MB of a page. The service measures its own compressed form there; these figures are
 * what its answers to items of known sizes tell of it: names cost a byte, texts a length prefix, and every 3072 bytes
 * begin a new row, which repeats the sort key.
 */
const rowBytes = 3072

const compressedBytes = (value: AttributeValue): number => {
  const bytes = valueBytes(value)
  if ('S' in value) return bytes + (bytes < 128 ? 1 : bytes < 16_384 ? 2 : 3)
  if ('B' in value || 'N' in value) return bytes + 1
  if ('SS' in value) return bytes + value.SS.length + 1
  if ('NS' in value) return bytes + value.NS.length + 1
  if ('BS' in value) return bytes + value.BS.length + 1
  return 'NULL' in value ? 0 : bytes
}

/** `sortName` names the table's sort key, if it has one. */
export const storedBytes = (item: AttributeMap, sortName: string | undefined): number => {
  let bytes = 0
  let sortBytes = 0
  for (const [name, value] of Object.entries(item)) {
    if (name === sortName) sortBytes = valueBytes(value)
    else bytes += 1 + compressedBytes(value)
  }
  return 2 + bytes + (1 + Math.floor((1 + bytes) / rowBytes)) * (18 + sortBytes)
}
