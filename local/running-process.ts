import { existsSync, readFileSync } from 'node:fs'

type Stat = { readonly state: string; readonly start: string }

/** State and start (clock ticks since the machine's) of a process, out of /proc/PID/stat (proc(5)); null where there is no /proc or no such process. */
const statOf = (pid: number): Stat | null => {
  const file = `/proc/${pid}/stat`
  if (!existsSync(file)) return null
  const stat = readFileSync(file, 'utf8')
  const [state = '', ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return { state, start: rest[18] ?? '' }
}

/** When a process began: tells it from a later one of the same number. Empty where the machine does not tell. */
export const startOf = (pid: number): string => statOf(pid)?.start ?? ''

/** Whether a process still runs. One that was killed and that nobody has waited for yet (a zombie) has a number, and runs no more. */
export const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  return !['Z', 'X'].includes(statOf(pid)?.state ?? '')
}
