import { type Item, itemKeyText, type Key, keyText } from './item.ts'

type Asked = { readonly key: Key; readonly resolve: (item: Item | null) => void; readonly reject: (error: unknown) => void }

/**
 * Reads single items, those that are asked for in one turn of the event loop together: whoever asks for one need not know who else asks
 * for another, and both cost one request. Where that fails, all that asked fail.
 */
export const gathered = (getOne: (key: Key) => Promise<Item | null>, getMany: (keys: readonly Key[]) => Promise<readonly Item[]>) => {
  let waiting: Asked[] = []

  const read = async (asked: readonly Asked[]): Promise<void> => {
    const [first] = asked
    if (first && asked.length === 1) return first.resolve(await getOne(first.key))
    const items = new Map((await getMany(asked.map(({ key }) => key))).map(item => [itemKeyText(item), item]))
    for (const { key, resolve } of asked) resolve(items.get(keyText(key)) ?? null)
  }

  const flush = (): void => {
    const asked = waiting
    waiting = []
    read(asked).catch((error: unknown) => {
      for (const { reject } of asked) reject(error)
    })
  }

  return (key: Key): Promise<Item | null> =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) queueMicrotask(flush)
      waiting.push({ key, resolve, reject })
    })
}
