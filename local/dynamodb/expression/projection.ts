import type { AttributeMap, AttributeValue } from '../values/attribute-value.ts'
import { attributeOf, setAttribute } from '../values/attribute-value.ts'
import { ExpressionFault } from './cursor.ts'
import { pathConflict } from './path-conflicts.ts'
import type { Scope } from './scope.ts'
import type { Path, Step } from './syntax.ts'

/** Paths as a tree: a node without branches takes all that lies there. */
type Tree = Map<Step, Tree>

export type Projection = { readonly paths: readonly Path[]; readonly tree: Tree }

export const projectionOf = (paths: readonly Path[]): Projection => {
  const tree: Tree = new Map()
  for (const path of paths) {
    let node = tree
    for (const step of path) {
      const next = node.get(step) ?? new Map()
      node.set(step, next)
      node = next
    }
  }
  return { paths, tree }
}

export const bindProjection = (paths: readonly Path[], scope: Scope): Projection => {
  const bound = paths.map(path => scope.path(path))
  const conflict = pathConflict(bound)
  if (conflict !== undefined) throw new ExpressionFault(conflict)
  return projectionOf(bound)
}

const pickElements = (list: readonly AttributeValue[], tree: Tree): AttributeValue | undefined => {
  const indexes = [...tree.keys()].filter(step => typeof step === 'number').sort((a, b) => a - b)
  const picked = indexes.map(index => pick(list[index], tree.get(index))).filter(value => value !== undefined)
  return picked.length > 0 ? { L: picked } : undefined
}

const pick = (value: AttributeValue | undefined, tree: Tree | undefined): AttributeValue | undefined => {
  if (!value || !tree || tree.size === 0) return value
  if ('L' in value) return pickElements(value.L, tree)
  if (!('M' in value)) return undefined
  const picked = pickAttributes(value.M, tree)
  return Object.keys(picked).length > 0 ? { M: picked } : undefined
}

const pickAttributes = (map: AttributeMap, tree: Tree): AttributeMap => {
  const picked: Record<string, AttributeValue> = {}
  for (const [step, branch] of tree) {
    const value = typeof step === 'string' ? pick(attributeOf(map, step), branch) : undefined
    if (value && typeof step === 'string') setAttribute(picked, step, value)
  }
  return picked
}

/** The parts of an item that lie at the projection's paths; list elements close up, in their order. */
export const project = (item: AttributeMap, projection: Projection | undefined): AttributeMap =>
  projection ? pickAttributes(item, projection.tree) : item
