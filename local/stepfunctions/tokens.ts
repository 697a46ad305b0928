/**
 * Task tokens. A token is `id.mac`, its MAC made with a key that lies beside the data file, so that nobody guesses one. On disk stands only
 * its hash, also in the stored arguments and history; with the key the token can be made again from its id, because an interrupted call is
 * repeated with the same token, and the history shows it as the service does. Who reads the data file alone cannot answer for a task.
 */
import { createHash, createHmac, randomBytes } from 'node:crypto'
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'

export type Tokens = {
  /** A token no one has seen before, with its id and hash. */
  mint: () => { token: string; id: string; hash: string }
  hash: (token: string) => string
  /** The token of an id, or undefined when its key is gone. */
  restore: (id: string, hash: string) => string | undefined
}

const keyFor = (file: string): Buffer => {
  if (file === ':memory:') return randomBytes(32)
  const path = `${file}.key`
  if (existsSync(path)) return readFileSync(path)
  const key = randomBytes(32)
  writeFileSync(path, key, { mode: 0o600, flush: true })
  chmodSync(path, 0o600)
  return key
}

export const openTokens = (file: string): Tokens => {
  const key = keyFor(file)
  const tokenOf = (id: string) => `${id}${createHmac('sha384', key).update(id).digest('base64url')}`
  const hash = (token: string) => createHash('sha256').update(token).digest('hex')
  return {
    hash,
    mint: () => {
      const id = randomBytes(24).toString('base64url')
      const token = tokenOf(id)
      return { token, id, hash: hash(token) }
    },
    restore: (id, expected) => {
      const token = tokenOf(id)
      return hash(token) === expected ? token : undefined
    },
  }
}
