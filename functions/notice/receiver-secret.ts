import type { KeptReceiver } from '../../shared/store/index.ts'
import type { MacKey } from '../aws/mac-key.ts'

/**
 * A receiver's secret follows from its id and generation by a key that never leaves the key service. It is stored nowhere, so no table, copy
 * or log can lose it; and another generation is another secret.
 */
export const secretOf = (key: MacKey, receiver: string, generation: number): Promise<Uint8Array> =>
  key.mac(`supersede.receiver/1/${receiver}/${generation}`)

/** What a notice is signed with now: the secret, and for a while after a rotation the one before. */
export const secretsOf = async (
  key: MacKey,
  { id, generation, previousUntil }: KeptReceiver,
  now: number,
): Promise<readonly Uint8Array[]> => {
  const current = await secretOf(key, id, generation)
  if (previousUntil === null || previousUntil <= now || generation < 2) return [current]
  return [current, await secretOf(key, id, generation - 1)]
}
