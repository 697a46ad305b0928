import { existsSync, readFileSync } from 'node:fs'

export type Stat = { readonly state: string; readonly start: string }

/** State and start (clock ticks since the machine's) of a process, out of the text of /proc/PID/stat (proc(5)); its name, in parentheses, may hold anything. */
export const readStat = (text: string): Stat => {
  const [state = '', ...rest] = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return { state, start: rest[18] ?? '' }
}

/** One that was killed and that nobody has waited for yet (a zombie) has a number, and runs no more. */
export const hasEnded = ({ state }: Stat): boolean => state === 'Z' || state === 'X'

/** Null where there is no /proc, or no such process. */
const statOf = (pid: number): Stat | null => {
  const file = `/proc/${pid}/stat`
  return existsSync(file) ? readStat(readFileSync(file, 'utf8')) : null
}

/** When a process began: tells it from a later one of the same number. Empty where the machine does not tell. */
export const startOf = (pid: number): string => statOf(pid)?.start ?? ''

/** Whether a process still runs. */
export const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    const stat = statOf(pid)
    return stat === null || !hasEnded(stat)
  } catch {
    return false
  }
}
