import { constants } from 'node:fs'
import { lstat, open, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TransitionEvidence, WaitingTask } from '../shared/fleet/index.ts'

/** What a look at the tasks of a machine brings; the agent adds since when. */
export type TransitionFacts = Omit<TransitionEvidence, 'since' | 'at' | 'unproven'>

const TASKS_MAX = 16
const FRAMES_MAX = 10
const FUNCTIONS_MAX = 8
const LOG_LINES_MAX = 8

/** Where a transition takes tasks: /proc/<pid>/patch_state reads 1 on the new side, 0 on the old one, -1 outside (include/linux/livepatch.h). */
const sideOf = (direction: TransitionFacts['direction']): string => (direction === 'patching' ? '1' : '0')

/** `[<0>] tgt_block+0xa7/0xe0 [t1]`. Source: fs/proc/base.c: proc_pid_stack. */
const FRAME = /^\[<[0-9a-f]+>\] ((\S+?)\+0x\S+(?: \[(\S+)\])?)/

export type Frame = { readonly text: string; readonly function: string; readonly module: string | null }

/** Frames of /proc/<pid>/stack, innermost first. */
export const parseStack = (text: string): readonly Frame[] =>
  text.split('\n').flatMap(line => {
    const [, whole, name, module] = FRAME.exec(line) ?? []
    return whole !== undefined && name !== undefined ? [{ text: whole, function: name, module: module ?? null }] : []
  })

/** PF_KTHREAD. Source: include/linux/sched.h. */
const KTHREAD = 0x0020_0000

/** Name, state and flags out of /proc/<pid>/stat; a name may itself hold blanks and parentheses (proc(5)). */
export const parseStat = (text: string): Pick<WaitingTask, 'name' | 'state' | 'kthread'> => {
  const [open, close] = [text.indexOf('('), text.lastIndexOf(')')]
  const fields = text.slice(close + 2).split(' ')
  return {
    name: text.slice(open + 1, close).slice(0, 64),
    state: fields[0]?.slice(0, 1) ?? null,
    kthread: (Number(fields[6] ?? 0) & KTHREAD) !== 0,
  }
}

/** What livepatches of the machine have to do with a frame: they patch this function, or it is code of theirs. */
export type Patched = { readonly functions: ReadonlySet<string>; readonly livepatches: ReadonlySet<string> }

const concerned = (frames: readonly Frame[], { functions, livepatches }: Patched): readonly string[] => {
  const names = frames.map(frame => ({ ...frame, name: `${frame.module ?? 'vmlinux'}:${frame.function}` }))
  const found = names.filter(({ name, module }) => functions.has(name) || (module !== null && livepatches.has(module)))
  return [...new Set(found.map(({ name }) => name.slice(0, 160)))].slice(0, FUNCTIONS_MAX)
}

/** Null: the task is gone, or does not let itself be read. */
const unlessGone = async (path: string): Promise<string | null> => {
  try {
    return await readFile(path, 'utf8')
  } catch {
    return null
  }
}

const numbersIn = async (path: string): Promise<readonly number[]> => {
  try {
    const names = await readdir(path)
    return names
      .filter(name => /^\d+$/.test(name))
      .map(Number)
      .sort((a, b) => a - b)
  } catch {
    return []
  }
}

const taskAt = async (folder: string, pid: number, patched: Patched): Promise<WaitingTask | null> => {
  const [stat, stack] = await Promise.all([unlessGone(join(folder, 'stat')), unlessGone(join(folder, 'stack'))])
  if (stat === null) return null
  const frames = parseStack(stack ?? '')
  return {
    pid,
    ...parseStat(stat),
    functions: concerned(frames, patched),
    stack: frames.slice(0, FRAMES_MAX).map(({ text }) => text.slice(0, 160)),
  }
}

type Waiting = { readonly count: number | null; readonly folders: readonly (readonly [number, string])[] }

/** Every thread of the machine that is not on the side where the transition goes. */
const waitingIn = async (proc: string, direction: TransitionFacts['direction']): Promise<Waiting> => {
  const side = sideOf(direction)
  let seen = false
  const folders: [number, string][] = []
  for (const process of await numbersIn(proc)) {
    for (const thread of await numbersIn(join(proc, `${process}/task`))) {
      const folder = join(proc, `${process}/task/${thread}`)
      const state = await unlessGone(join(folder, 'patch_state'))
      if (state === null) continue
      seen = true
      if (state.trim() !== side) folders.push([thread, folder])
    }
  }
  return { count: seen ? folders.length : null, folders }
}

const RECORD_BYTES_MAX = 8192
/** The kernel's ring buffer holds a few ten thousand records; further than that nobody reads. */
const RECORDS_MAX = 100_000

/**
 * What the kernel has logged of livepatching, newest last. Each read of /dev/kmsg gives one record, `priority,sequence,time,flags;text`
 * and perhaps lines of more facts below (Documentation/ABI/testing/dev-kmsg); at the end there is nothing to read.
 */
const livepatchLog = async (path: string): Promise<readonly string[]> => {
  const lines: string[] = []
  try {
    if (!(await lstat(path)).isCharacterDevice()) return lines
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      const buffer = Buffer.alloc(RECORD_BYTES_MAX)
      for (let records = 0; records < RECORDS_MAX; records += 1) {
        const { bytesRead } = await file.read(buffer, 0, buffer.length, null)
        if (bytesRead === 0) break
        const text = buffer.toString('utf8', 0, bytesRead)
        const line = text.slice(text.indexOf(';') + 1).split('\n')[0] ?? ''
        if (line.startsWith('livepatch: ')) lines.push(line.slice(0, 200))
      }
    } finally {
      await file.close()
    }
  } catch {
    // EAGAIN: that was the last record. Anything else: the log may not be read, which is no reason to tell nothing.
  }
  return lines.slice(-LOG_LINES_MAX)
}

/** Looks at every thread below `root`/proc; for root only, as patch_state and stack are. */
export const transitionTasks = async (
  root: string,
  { livepatch, direction }: Pick<TransitionFacts, 'livepatch' | 'direction'>,
  patched: Patched,
): Promise<TransitionFacts> => {
  const { count, folders } = await waitingIn(join(root, 'proc'), direction)
  const tasks = await Promise.all(folders.slice(0, TASKS_MAX).map(([pid, folder]) => taskAt(folder, pid, patched)))
  const log = await livepatchLog(join(root, 'dev/kmsg'))
  return { livepatch, direction, waiting: count, tasks: tasks.filter(task => task !== null), log }
}
