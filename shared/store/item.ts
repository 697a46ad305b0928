import type { AttributeValue } from '@aws-sdk/client-dynamodb'

export type Item = Record<string, AttributeValue>
export type Key = { readonly pk: string; readonly sk: string }
/** What the store puts into attributes: text, whole numbers, bytes. Anything nested travels as JSON text, so that its hash survives. */
export type Value = string | number | Uint8Array

/** An item that the store itself cannot have written. */
export class CorruptItem extends Error {
  override readonly name = 'CorruptItem'
}

const attributeOf = (value: Value): AttributeValue => {
  if (typeof value === 'string') return { S: value }
  if (typeof value === 'number') return { N: String(value) }
  return { B: value }
}

/** Null and undefined are left out: an attribute is there or it isn't. */
export const itemOf = (values: Readonly<Record<string, Value | null | undefined>>): Item =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === null || value === undefined ? [] : [[name, attributeOf(value)]])),
  )

/** A key as one text. */
export const keyText = ({ pk, sk }: Key): string => `${pk} ${sk}`
export const itemKeyText = (item: Item): string => keyText({ pk: item['pk']?.S ?? '?', sk: item['sk']?.S ?? '?' })

export const textOrNull = (item: Item, name: string): string | null => item[name]?.S ?? null

export const text = (item: Item, name: string): string => {
  const value = textOrNull(item, name)
  if (value === null) throw new CorruptItem(`item ${itemKeyText(item)} has no text ${name}`)
  return value
}

/** 0 where the attribute is missing: a counter that nobody moved. */
export const count = (item: Item, name: string): number => Number(item[name]?.N ?? '0')

export const whole = (item: Item, name: string): number => {
  const value = Number(item[name]?.N ?? 'NaN')
  if (!Number.isSafeInteger(value)) throw new CorruptItem(`item ${itemKeyText(item)} has no whole number ${name}`)
  return value
}

export const bytes = (item: Item, name: string): Uint8Array => {
  const value = item[name]?.B
  if (value === undefined) throw new CorruptItem(`item ${itemKeyText(item)} has no bytes ${name}`)
  return value
}

/** Numbers in sort keys are padded, because keys are ordered as text. Twelve digits always begin with 0 for what we count. */
export const padded = (value: number, digits = 12): string => String(value).padStart(digits, '0')
