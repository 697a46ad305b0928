import type { EarlierSecret, KeptReceiver } from '../../shared/store/index.ts'
import type { MacKey } from '../aws/mac-key.ts'

/**
 * A receiver's secret follows from its id and generation by a key that never leaves the key service. It is stored nowhere, so no table, copy
 * or log can lose it; and another generation is another secret.
 */
export const secretOf = (key: MacKey, receiver: string, generation: number): Promise<Uint8Array> =>
  key.mac(`supersede.receiver/1/${receiver}/${generation}`)

/** So many at most sign beside the newest one: headers are bounded. */
const OLD_MAX = 4

/** The secrets before the newest one, newest first, each with until when it signs. */
export const oldSecrets = ({ generation, previousUntil, earlier }: KeptReceiver): readonly EarlierSecret[] =>
  previousUntil === null || generation < 2 ? earlier : [{ generation: generation - 1, until: previousUntil }, ...earlier].slice(0, OLD_MAX)

/** What a notice is signed with now: the secret, and for a while after a rotation the one before, and those before it that were not over by then. */
export const secretsOf = async (key: MacKey, receiver: KeptReceiver, now: number): Promise<readonly Uint8Array[]> => {
  const older = oldSecrets(receiver).filter(({ until }) => until > now)
  const generations = [receiver.generation, ...older.map(({ generation }) => generation)]
  return Promise.all(generations.map(generation => secretOf(key, receiver.id, generation)))
}
