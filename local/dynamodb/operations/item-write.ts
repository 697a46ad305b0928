import { applyUpdate } from '../expression/apply-update.ts'
import type { BoundAction, BoundCondition } from '../expression/bound.ts'
import { evaluate } from '../expression/evaluate.ts'
import { conditionFailed, invalid } from '../fault.ts'
import type { Storage, StoredItem, Written } from '../storage/storage.ts'
import type { Table } from '../storage/table.ts'
import type { AttributeMap } from '../values/attribute-value.ts'
import { itemBytes } from '../values/size.ts'
import { type Context, tableNamed } from './context.ts'
import { refuseNestedKeysIn } from './key-paths.ts'
import { checkIndexKeys, keyFromItem, keyFromKey } from './keys.ts'
import { checkUpdate, checkUpdated } from './update-checks.ts'

const itemBytesMax = 400 * 1024

/** One change of one item, as an operation asks for it. */
export type ItemWrite = {
  readonly table: string
  readonly condition: BoundCondition | undefined
  /** Whether a failed condition shows the item that failed it. */
  readonly showOnFailure: boolean
} & (
  | { readonly type: 'put'; readonly item: AttributeMap }
  | { readonly type: 'update'; readonly key: AttributeMap; readonly actions: readonly BoundAction[]; readonly legacy?: boolean }
  | { readonly type: 'delete' | 'check'; readonly key: AttributeMap }
)

/** The write's table and place, and what is there now. */
export type Target = { readonly table: Table; readonly key: Buffer; readonly before: StoredItem | undefined }

export type Outcome = Target & { readonly after: AttributeMap | undefined }
export type Done = Outcome & { readonly written: Written }

export const checkItemSize = (item: AttributeMap): void => {
  if (itemBytes(item) > itemBytesMax) throw invalid('Item size has exceeded the maximum allowed size')
}

export const targetOf = (storage: Storage, write: ItemWrite): Target => {
  const table = tableNamed(storage, write.table)
  const key = write.type === 'put' ? keyFromItem(table, write.item) : keyFromKey(table, write.key)
  refuseNestedKeysIn(table, write.condition)
  if (write.type === 'put') checkIndexKeys(table, write.item)
  if (write.type === 'update') checkUpdate(table, write.actions)
  return { table, key, before: storage.item(table, key) }
}

const updated = (table: Table, before: AttributeMap, actions: readonly BoundAction[], legacy: boolean): AttributeMap => {
  const after = applyUpdate(before, actions, legacy ? 'Type mismatch for attribute to update' : undefined)
  if (itemBytes(after) > itemBytesMax) throw invalid('Item size to update has exceeded the maximum allowed size')
  if (!legacy) checkUpdated(table, after, actions)
  checkIndexKeys(table, after)
  return after
}

/** An update that only removes does not make the item that it would remove from. */
const removesOnly = (actions: readonly BoundAction[]): boolean =>
  actions.length > 0 && actions.every(({ type }) => type === 'REMOVE' || type === 'DELETE')

/** What the write makes of the item, or ConditionalCheckFailedException. Changes nothing. */
export const outcomeOf = (write: ItemWrite, target: Target): Outcome => {
  const before = target.before?.item
  if (write.condition && !evaluate(write.condition, before ?? {})) throw conditionFailed(write.showOnFailure ? before : undefined)
  if (write.type === 'put') return { ...target, after: write.item }
  if (write.type === 'update' && !before && removesOnly(write.actions)) return { ...target, after: undefined }
  if (write.type === 'update') return { ...target, after: updated(target.table, before ?? write.key, write.actions, write.legacy === true) }
  return { ...target, after: write.type === 'delete' ? undefined : before }
}

export const store = (storage: Storage, outcome: Outcome): Done => ({
  ...outcome,
  written: storage.write(outcome.table, outcome.key, outcome.before, outcome.after),
})

/** Carries out one write on its own and answers once it is on disk. */
export const submitWrite = <Answer>({ storage, queue }: Context, write: ItemWrite, answer: (done: Done) => Answer): Promise<Answer> =>
  queue.submit(() => answer(store(storage, outcomeOf(write, targetOf(storage, write)))))
