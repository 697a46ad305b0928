import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TransitionEvidence, WaitingTask } from '../shared/fleet/index.ts'

/** What a look at the tasks of a machine brings; the agent adds since when. */
export type TransitionFacts = Omit<TransitionEvidence, 'since' | 'at' | 'unproven'>

const TASKS_MAX = 16
const FRAMES_MAX = 10
const FUNCTIONS_MAX = 8

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

/** Looks at every thread below `root`/proc; for root only, as patch_state and stack are. */
export const transitionTasks = async (
  root: string,
  { livepatch, direction }: Pick<TransitionFacts, 'livepatch' | 'direction'>,
  patched: Patched,
): Promise<Omit<TransitionFacts, 'log'>> => {
  const { count, folders } = await waitingIn(join(root, 'proc'), direction)
  const tasks = await Promise.all(folders.slice(0, TASKS_MAX).map(([pid, folder]) => taskAt(folder, pid, patched)))
  return { livepatch, direction, waiting: count, tasks: tasks.filter(task => task !== null) }
}
