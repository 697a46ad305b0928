import type { Clause, Context, EntityJson } from '@cedar-policy/cedar-wasm/nodejs'
import { pathOf } from './context-path.ts'
import { isObject } from './is-object.ts'

/*
 * Approvals are an entity, because only an entity has tags, and the engine takes twice as long over an entity as over a record. Where
 * conditions do no more than read its attributes and tags of fixed names, they can be given a record instead, with the tags in it.
 */
/** Their name in the context. */
export const TALLY = 'approvals'
const TAGS = 'tags'
/** Nobody's group may be taken for one of the names that mean something in a record, such as `__entity`. */
const attrOf = (tag: string): string => `:${tag}`

/** `approvals.tags[":security"]` of `context.approvals.getTag("security")`, in the engine's terms; undefined where it is something else. */
const tagRead = (operands: unknown) => {
  if (!isObject(operands) || pathOf(operands['left']) !== TALLY || !isObject(operands['right'])) return undefined
  const tag = operands['right']['Value']
  return typeof tag === 'string' ? { left: { '.': { left: operands['left'], attr: TAGS } }, attr: attrOf(tag) } : undefined
}

const rewritten = (node: unknown): unknown => {
  if (!isObject(node)) return node
  const [has, get] = [tagRead(node['hasTag']), tagRead(node['getTag'])]
  return has ? { has } : get ? { '.': get } : node
}

/** Conditions as they read the approvals of a record. Whoever takes the approvals as a whole reads them wrong. */
export const readingRecord = (conditions: readonly Clause[]): Clause[] =>
  JSON.parse(JSON.stringify(conditions), (_, node: unknown) => rewritten(node))

type Told = { readonly context: Context; readonly entities: readonly EntityJson[] }

/** A question with its approvals as such a record. */
export const withRecord = ({ context, entities }: Told): Told => {
  const tally = entities.find(({ tags }) => tags !== undefined)
  if (tally?.tags === undefined) return { context, entities }
  const tags = Object.fromEntries(Object.entries(tally.tags).map(([tag, value]) => [attrOf(tag), value]))
  return {
    context: { ...context, [TALLY]: { ...tally.attrs, [TAGS]: tags } },
    entities: entities.filter(entity => entity !== tally),
  }
}
