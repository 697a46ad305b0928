import { createWriteStream, mkdirSync } from 'node:fs'
import { join } from 'node:path'

export type Log = { readonly write: (line: string) => void; readonly close: () => void }

/** What the functions and the runtime say, with the time it was said, in a file of the data directory. */
export const openLog = (data: string): Log => {
  mkdirSync(data, { recursive: true, mode: 0o700 })
  const stream = createWriteStream(join(data, 'supersede.log'), { flags: 'a', mode: 0o600 })
  return { write: line => void stream.write(`${new Date().toISOString()} ${line}\n`), close: () => stream.end() }
}
