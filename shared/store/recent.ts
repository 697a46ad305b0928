export type Recent<T> = {
  readonly get: (key: string) => T | undefined
  /** `weight` in the unit of the bound. A value heavier than all that may be kept is not kept. */
  readonly put: (key: string, value: T, weight: number) => void
}

/** Values that never change under their key, kept in memory up to a weight; the least recently used go first. */
export const recent = <T>(weightMax: number): Recent<T> => {
  const kept = new Map<string, { readonly value: T; readonly weight: number }>()
  let total = 0
  const drop = (key: string): void => {
    total -= kept.get(key)?.weight ?? 0
    kept.delete(key)
  }
  return {
    get: key => {
      const one = kept.get(key)
      if (one === undefined) return undefined
      kept.delete(key)
      kept.set(key, one)
      return one.value
    },
    put: (key, value, weight) => {
      drop(key)
      if (weight > weightMax) return
      kept.set(key, { value, weight })
      total += weight
      for (const oldest of kept.keys()) {
        if (total <= weightMax) return
        drop(oldest)
      }
    },
  }
}
