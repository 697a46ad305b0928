import { unreadable } from '../fault.ts'
import type { AttributeMap, AttributeValue } from '../values/attribute-value.ts'
import { list, map } from './composite-shape.ts'
import { blob, flag, isRecord, notStructure, readText, type Shape, text } from './shape.ts'

const javaName = 'com.amazonaws.dynamodb.v20120810.AttributeValue'

const readers: Readonly<Record<string, (json: unknown) => unknown>> = {
  S: readText,
  N: readText,
  B: blob.read,
  BOOL: flag.read,
  NULL: flag.read,
  SS: list(text()).read,
  NS: list(text()).read,
  BS: list(blob).read,
  L: json => list(attributeValue).read(json),
  M: json => attributeMap.read(json),
}

/**
 * Reads what it knows and nothing else: `{}` and values of two types get through, and are refused by the checks of
 * values (values/check-value.ts), for the service does so later and in other words.
 */
const read = (json: unknown, isElement = false): AttributeValue => {
  if (Array.isArray(json)) throw unreadable(`Unrecognized collection type class ${javaName}`)
  if (!isRecord(json)) throw notStructure(isElement)
  const value: Record<string, unknown> = {}
  for (const name of Object.keys(json)) {
    const reader = Object.hasOwn(readers, name) ? readers[name] : undefined
    if (reader && json[name] !== null) value[name] = reader(json[name])
  }
  return value as AttributeValue
}

export const attributeValue: Shape<AttributeValue> = { read, check: () => undefined, show: JSON.stringify }

export const attributeMap: Shape<AttributeMap> = map(attributeValue, javaName)
