import { constants, openSync, readSync } from 'node:fs'

/** What the kernel's log has said of livepatching since the machine booted, as far as its ring buffer still has it. */
export type KernelLog = {
  /** The newest lines that speak of livepatching, oldest first. */
  readonly lines: readonly string[]
  /** Somebody forced a transition. */
  readonly forced: boolean
}

const LINES_MAX = 8
const LINE_LENGTH_MAX = 200
const RECORD_BYTES_MAX = 8192
/** More than any ring buffer holds; it bounds a look at a log that is written without end. */
const RECORDS_MAX = 200_000

/** `priority,sequence,time,flags;text`; facts about a record follow it on lines of their own (Documentation/ABI/testing/dev-kmsg). */
const RECORD = /^\d+,\d+,\d+,[^;]*;(livepatch: .*)$/

/** Source: kernel/livepatch/transition.c: klp_force_transition. */
const FORCED = 'livepatch: forcing remaining tasks'

/** What a file of the kernel's has to say now; nothing where it is at its end, or may not be read. */
const readOnce = (file: number, buffer: Buffer): string => {
  try {
    return buffer.toString('utf8', 0, readSync(file, buffer, 0, buffer.length, null))
  } catch {
    return ''
  }
}

/**
 * Follows /dev/kmsg: the first look reads what the ring buffer holds, each later one what has come since. A machine whose log may not
 * be read has said nothing.
 */
export const followKernelLog = (path: string): (() => KernelLog) => {
  const buffer = Buffer.alloc(RECORD_BYTES_MAX)
  let file: number | null = null
  let log: KernelLog = { lines: [], forced: false }
  const take = (line: string): void => {
    const [, text] = RECORD.exec(line) ?? []
    if (text === undefined) return
    log = { lines: [...log.lines, text.slice(0, LINE_LENGTH_MAX)].slice(-LINES_MAX), forced: log.forced || text.startsWith(FORCED) }
  }
  return () => {
    try {
      file ??= openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    } catch {
      return log
    }
    for (let records = 0; records < RECORDS_MAX; records += 1) {
      const text = readOnce(file, buffer)
      if (text === '') return log
      for (const line of text.split('\n')) take(line)
    }
    return log
  }
}
