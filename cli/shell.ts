import { fileURLToPath } from 'node:url'
import type { Exit } from './exit-codes.ts'

/** What a command has of the world around it. Data goes to `out`, progress and errors go to `err`. */
export type Shell = {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** Where this program lies; `npm start` keeps its data there. */
  readonly projectRoot: string
  readonly out: (text: string) => void
  readonly err: (text: string) => void
  /** Whether `out` is a terminal that can be redrawn. */
  readonly terminal: boolean
  readonly columns: number
  readonly color: boolean
  readonly now: () => number
  readonly sleep: (milliseconds: number) => Promise<void>
}

/** A command's own words on how it ended; nothing is `ok`. */
export type Ended = Exit | undefined

export const systemShell = (): Shell => ({
  env: process.env,
  cwd: process.cwd(),
  projectRoot: fileURLToPath(new URL('..', import.meta.url)),
  out: text => process.stdout.write(text),
  err: text => process.stderr.write(text),
  /* A terminal without rows (some build runners') cannot be redrawn. */
  terminal: process.stdout.isTTY === true && process.stdout.rows > 0 && process.env['TERM'] !== 'dumb',
  columns: process.stdout.columns || 100,
  /* https://no-color.org: any value that is not empty. */
  color: process.stdout.isTTY === true && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb',
  now: () => Date.now(),
  sleep: milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds)),
})
