import { isObject } from './is-object.ts'

/** `verdict.outcome` of `context.verdict.outcome`; null where a node of a condition is anything else. */
export const pathOf = (node: unknown): string | null => {
  const read = isObject(node) ? node['.'] : undefined
  if (!isObject(read)) return null
  const { left, attr } = read
  if (isObject(left) && left['Var'] === 'context') return String(attr)
  const before = pathOf(left)
  return before === null ? null : `${before}.${String(attr)}`
}

/** Every path that is read somewhere in a condition, also those on the way to others. */
export const pathsIn = (node: unknown): readonly string[] => {
  if (!isObject(node)) return []
  const own = pathOf(node)
  const within = Object.values(node).flatMap(pathsIn)
  return own === null ? within : [own, ...within]
}
