/** One value as the wire writes it. Numbers are decimal strings, binary is base64. */
export type AttributeValue =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly B: string }
  | { readonly BOOL: boolean }
  | { readonly NULL: boolean }
  | { readonly SS: readonly string[] }
  | { readonly NS: readonly string[] }
  | { readonly BS: readonly string[] }
  | { readonly L: readonly AttributeValue[] }
  | { readonly M: AttributeMap }

export type AttributeMap = { readonly [name: string]: AttributeValue }

export const typeNames = ['S', 'N', 'B', 'BOOL', 'NULL', 'SS', 'NS', 'BS', 'L', 'M'] as const
export type TypeName = (typeof typeNames)[number]
export type KeyType = 'S' | 'N' | 'B'

export const typeOf = (value: AttributeValue): TypeName => {
  for (const name in value) {
    for (const known of typeNames) if (known === name) return known
  }
  throw new TypeError('an attribute value has one of ten types')
}

/** The attribute of that name. Own properties only: an attribute may be called `constructor`. */
export const attributeOf = (map: AttributeMap, name: string): AttributeValue | undefined =>
  Object.hasOwn(map, name) ? map[name] : undefined

/** A copy with one attribute set. */
export const withAttribute = (map: AttributeMap, name: string, value: AttributeValue): AttributeMap => {
  const copy: Record<string, AttributeValue> = { ...map }
  setAttribute(copy, name, value)
  return copy
}

/** A copy without one attribute. */
export const withoutAttribute = (map: AttributeMap, name: string): AttributeMap => {
  const copy: Record<string, AttributeValue> = { ...map }
  delete copy[name]
  return copy
}

/** Sets an own property, whatever it is called: plain assignment of `__proto__` would set the prototype instead. */
export const setAttribute = <Value>(map: Record<string, Value>, name: string, value: Value): void => {
  if (name !== '__proto__') map[name] = value
  else Object.defineProperty(map, name, { value, enumerable: true, configurable: true, writable: true })
}
