/** One line of JSON to standard output, which Lambda hands on as it is. Powertools' logger does this too, for 23 KB in each of forty bundles. */
export type Log = (level: 'debug' | 'info' | 'warn' | 'error', message: string, facts?: Readonly<Record<string, unknown>>) => void

const LEVELS = ['debug', 'info', 'warn', 'error'] as const

/** An unknown word in the environment is no reason to fall silent. */
const levelOf = (text: string): (typeof LEVELS)[number] => LEVELS.find(level => level === text.toLowerCase()) ?? 'info'

const plain = (value: unknown): unknown =>
  value instanceof Error
    ? { name: value.name, message: value.message, stack: value.stack, ...(value.cause === undefined ? {} : { cause: plain(value.cause) }) }
    : value

/** `threshold`: the least level that is written. Facts that are errors are written with their stack. */
export const jsonLog =
  (threshold: string, service: string, write: (line: string) => void): Log =>
  (level, message, facts = {}) => {
    if (LEVELS.indexOf(level) < LEVELS.indexOf(levelOf(threshold))) return
    const told = Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, plain(value)]))
    write(`${JSON.stringify({ level: level.toUpperCase(), timestamp: new Date().toISOString(), service, message, ...told })}\n`)
  }
