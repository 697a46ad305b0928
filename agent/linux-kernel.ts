import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Stack, StackEntry } from '../shared/kernel/index.ts'
import { codeOf } from './failure.ts'
import { parseHooks, unhookedOf } from './ftrace.ts'
import type { Kernel, KernelAnswer, Observation } from './kernel.ts'
import { transitionTasks } from './transition-tasks.ts'

export type LinuxKernelOptions = {
  /** Root of the file tree that holds sys/ and proc/; another one than `/` for tests. */
  readonly root?: string
  readonly insmod?: string
  readonly rmmod?: string
}

type LoadedModule = { readonly name: string; readonly refcnt: number; readonly isLivepatch: boolean }

/**
 * /proc/modules, newest module first: name, size, reference count, users, state, address, taints. A livepatch carries the taint
 * letter K (kernel/module/main.c: module_flags_taint).
 */
export const parseModules = (text: string): readonly LoadedModule[] =>
  text
    .split('\n')
    .filter(line => line !== '')
    .map(line => {
      const [name = '', , refcnt = '0', , , , taints = ''] = line.split(' ')
      return { name, refcnt: Number(refcnt) || 0, isLivepatch: /^\([A-Z]*K[A-Z]*\)$/.test(taints) }
    })

const ERRNO_TEXTS: readonly (readonly [string, string])[] = [
  ['File exists', 'EEXIST'],
  ['Device or resource busy', 'EBUSY'],
  ['Invalid argument', 'EINVAL'],
  ['Invalid parameters', 'EINVAL'],
  ['Invalid module format', 'ENOEXEC'],
  ['Exec format error', 'ENOEXEC'],
  ['Unknown symbol', 'ENOENT'],
  ['No such file', 'ENOENT'],
  ['No such device', 'ENODEV'],
  ['Operation not permitted', 'EPERM'],
  ['Key was rejected', 'EKEYREJECTED'],
  ['Required key not available', 'ENOKEY'],
  ['Cannot allocate memory', 'ENOMEM'],
  ['Resource temporarily unavailable', 'EAGAIN'],
  ['is in use', 'EAGAIN'],
]

/** insmod and rmmod print the reason and answer 1; kmod's own words stand for some errors. */
const errnoOf = (text: string): string => ERRNO_TEXTS.find(([words]) => text.includes(words))?.[1] ?? 'EIO'

const TOOL_SECONDS_MAX = 120

const run = (tool: string, args: readonly string[]): Promise<KernelAnswer> =>
  new Promise(resolve => {
    execFile(tool, args, { timeout: TOOL_SECONDS_MAX * 1000 }, (error, stdout, stderr) => {
      const detail = `${stderr}${stdout}`.trim()
      if (!error) return resolve({ result: 'OK', detail })
      resolve({ result: errnoOf(`${detail} ${error.message}`), detail: detail || error.message })
    })
  })

const isGone = (failure: unknown): boolean => ['ENOENT', 'ENODEV'].includes(codeOf(failure) ?? '')

const unlessGone = async <Value>(read: Promise<Value>, otherwise: Value): Promise<Value> => {
  try {
    return await read
  } catch (error) {
    if (isGone(error)) return otherwise
    throw error
  }
}

type Listed = {
  readonly entry: StackEntry
  readonly patched: Readonly<Record<string, boolean | null>>
  readonly unhooked: readonly string[]
}

/** tracefs by its own mount, and where older systems have it. */
const HOOKS = ['sys/kernel/tracing/enabled_functions', 'sys/kernel/debug/tracing/enabled_functions']

/**
 * The livepatch subsystem of the machine that this process runs on, read from sysfs and procfs as root. Which file a module came from
 * it does not know; the agent adds that for the modules that it loaded itself.
 */
export const linuxKernel = ({ root = '/', insmod = 'insmod', rmmod = 'rmmod' }: LinuxKernelOptions = {}): Kernel => {
  const folder = join(root, 'sys/kernel/livepatch')
  const read = (path: string): Promise<string> => readFile(join(root, path), 'utf8')
  const attribute = async (path: string): Promise<string | null> => {
    const text = await unlessGone(readFile(path, 'utf8'), null)
    return text === null ? null : text.trim()
  }
  const foldersIn = async (path: string): Promise<readonly string[]> => {
    const entries = await unlessGone(readdir(path, { withFileTypes: true }), [])
    return entries.filter(entry => entry.isDirectory()).map(({ name }) => name)
  }

  const patchedOf = async (livepatch: string): Promise<Listed['patched']> => {
    const objects = await foldersIn(join(folder, livepatch))
    const entries = objects.toSorted().map(async object => {
      const text = await attribute(join(folder, livepatch, object, 'patched'))
      return [object, text === null ? null : text === '1'] as const
    })
    return Object.fromEntries(await Promise.all(entries))
  }

  /** Null where tracefs is not mounted or not readable. */
  const hooks = async (): Promise<ReadonlySet<string> | null> => {
    for (const path of HOOKS) {
      try {
        return parseHooks(await read(path))
      } catch (error) {
        if (!isGone(error) && codeOf(error) !== 'EACCES' && codeOf(error) !== 'EPERM') throw error
      }
    }
    return null
  }

  const unhookedIn = async (livepatch: string, patched: Listed['patched'], hooked: ReadonlySet<string>): Promise<readonly string[]> => {
    const objects = Object.keys(patched).filter(object => patched[object] === true)
    const found = objects.map(async object => unhookedOf(object, await foldersIn(join(folder, livepatch, object)), hooked))
    return (await Promise.all(found)).flat()
  }

  /** Null where the livepatch went away while it was read. */
  const listed = async (name: string, hooked: ReadonlySet<string> | null): Promise<Listed | null> => {
    const [enabled, transition] = [await attribute(join(folder, name, 'enabled')), await attribute(join(folder, name, 'transition'))]
    if (enabled === null || transition === null) return null
    const patched = await patchedOf(name)
    const unhooked = hooked ? await unhookedIn(name, patched, hooked) : []
    return { entry: { name, digest: null, enabled: enabled === '1', transition: transition === '1' }, patched, unhooked }
  }

  /**
   * Livepatches enable themselves when they load, so the order of the modules is that of `klp_patches`; /proc/modules has the newest
   * first. Targets are the loaded modules among the objects of the listed livepatches. A livepatch module that is not listed and
   * still referenced is one that a forced transition has pinned (kernel/livepatch/transition.c: klp_force_transition).
   */
  const stackOf = (release: string, modules: readonly LoadedModule[], entries: readonly Listed[]): Stack => {
    const oldestFirst = modules.map(({ name }) => name).toReversed()
    const names = new Set(entries.map(({ entry }) => entry.name))
    const objects = new Set(entries.flatMap(({ patched }) => Object.keys(patched)))
    const resident = modules.filter(({ name, isLivepatch }) => isLivepatch && !names.has(name))
    const byName = (a: { readonly name: string }, b: { readonly name: string }): number => (a.name < b.name ? -1 : 1)
    return {
      kernelRelease: release,
      livepatches: entries.map(({ entry }) => entry).sort((a, b) => oldestFirst.indexOf(a.name) - oldestFirst.indexOf(b.name)),
      resident: resident.map(({ name, refcnt }) => ({ name, digest: null, refcnt })).sort(byName),
      targets: modules
        .map(({ name }) => name)
        .filter(name => objects.has(name))
        .sort(),
      forced: resident.some(({ refcnt }) => refcnt > 0),
    }
  }

  /** Functions that listed livepatches patch, from their directories in sysfs. */
  const patchedFunctions = async (names: readonly string[]): Promise<ReadonlySet<string>> => {
    const ofObject = async (name: string, object: string): Promise<readonly string[]> =>
      (await foldersIn(join(folder, name, object))).map(directory => `${object}:${directory.replace(/,\d+$/, '')}`)
    const ofLivepatch = async (name: string): Promise<readonly string[]> =>
      (await Promise.all((await foldersIn(join(folder, name))).map(object => ofObject(name, object)))).flat()
    return new Set((await Promise.all(names.map(ofLivepatch))).flat())
  }

  const explain = async (): ReturnType<Kernel['explain']> => {
    const names = await foldersIn(folder)
    for (const livepatch of names) {
      if ((await attribute(join(folder, livepatch, 'transition'))) !== '1') continue
      const direction = (await attribute(join(folder, livepatch, 'enabled'))) === '1' ? 'patching' : 'unpatching'
      return transitionTasks(root, { livepatch, direction }, { functions: await patchedFunctions(names), livepatches: new Set(names) })
    }
    return null
  }

  return {
    explain,
    known: async () => [],
    observe: async (): Promise<Observation> => {
      const [release, bootId, modules] = await Promise.all([
        read('proc/sys/kernel/osrelease'),
        read('proc/sys/kernel/random/boot_id'),
        read('proc/modules'),
      ])
      const names = await foldersIn(folder)
      const hooked = names.length === 0 ? null : await hooks()
      const entries = (await Promise.all(names.map(name => listed(name, hooked)))).filter(entry => entry !== null)
      return {
        bootId: bootId.trim(),
        stack: stackOf(release.trim(), parseModules(modules), entries),
        patched: Object.fromEntries(entries.map(({ entry, patched }) => [entry.name, patched])),
        ...(hooked && { unhooked: Object.fromEntries(entries.map(({ entry, unhooked }) => [entry.name, unhooked])) }),
      }
    },
    load: ({ name, path }) =>
      path === null ? Promise.resolve({ result: 'ENOENT', detail: `the file of ${name} is not on disk` }) : run(insmod, [path]),
    remove: name => run(rmmod, [name]),
  }
}
