import { execFile } from 'node:child_process'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Stack, StackEntry } from '../shared/kernel/index.ts'
import { codeOf, messageOf } from './failure.ts'
import { divertedOf, type Hooked, parseEnabledFunctions, parseKprobes, placesIn } from './ftrace.ts'
import type { Kernel, KernelAnswer, Observation } from './kernel.ts'
import { followKernelLog } from './kernel-log.ts'
import { tracersOf } from './tracing.ts'
import { transitionTasks } from './transition-tasks.ts'

export type LinuxKernelOptions = {
  /** Root of the file tree that holds sys/ and proc/; another one than `/` for tests. */
  readonly root?: string
  readonly insmod?: string
  readonly rmmod?: string
}

type LoadedModule = {
  readonly name: string
  readonly refcnt: number
  readonly isLivepatch: boolean
  /** Its init has returned and its exit has not begun. */
  readonly isLive: boolean
  /** References that no other module holds. */
  readonly held: number
}

/**
 * /proc/modules, newest module first: name, size, reference count, users, state, address, taints. A livepatch carries the taint
 * letter K (kernel/module/main.c: module_flags_taint).
 */
export const parseModules = (text: string): readonly LoadedModule[] =>
  text
    .split('\n')
    .filter(line => line !== '')
    .map(line => {
      const [name = '', , refcnt = '0', users = '-', state, , taints = ''] = line.split(' ')
      const references = Number(refcnt) || 0
      const others = users.split(',').filter(user => user !== '' && user !== '-').length
      return {
        name,
        refcnt: references,
        isLive: state === 'Live',
        held: references - others,
        isLivepatch: /^\([A-Z]*K[A-Z]*\)$/.test(taints),
      }
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
  /** Functions of its patched objects, as `object:function`. */
  readonly hooks: readonly string[]
}

/** tracefs by its own mount, and where older systems have it. */
const HOOKS = ['sys/kernel/tracing/enabled_functions', 'sys/kernel/debug/tracing/enabled_functions']
const KPROBES = ['sys/kernel/debug/kprobes/list']

const OBSERVATIONS_MAX = 3

const isDenied = (failure: unknown): boolean => ['EACCES', 'EPERM'].includes(codeOf(failure) ?? '')

/**
 * Livepatch modules that are gone from sysfs and still held: a forced transition has left tasks in their code, so the kernel never
 * lets them go (kernel/livepatch/transition.c: klp_force_transition). It says so in its log, too, as long as that reaches back.
 */
const pinnedOf = (modules: readonly LoadedModule[], listed: readonly string[]): readonly LoadedModule[] =>
  modules.filter(({ name, isLivepatch, isLive, held }) => isLivepatch && isLive && held > 0 && !listed.includes(name))

/** By livepatch, the functions of its patched objects that ftrace does not divert. */
const unhookedIn = (entries: readonly Listed[], diverted: ReadonlySet<string>): NonNullable<Observation['unhooked']> =>
  Object.fromEntries(
    entries.map(({ entry, patched, hooks }) => {
      const sure = hooks.filter(name => patched[name.slice(0, name.indexOf(':'))] === true)
      return [entry.name, sure.filter(name => !diverted.has(name))]
    }),
  )

/**
 * The livepatch subsystem of the machine that this process runs on, read from sysfs and procfs as root. Which file a module came from
 * it does not know; the agent adds that for the modules that it loaded itself.
 */
export const linuxKernel = ({ root = '/', insmod = 'insmod', rmmod = 'rmmod' }: LinuxKernelOptions = {}): Kernel => {
  const folder = join(root, 'sys/kernel/livepatch')
  const read = (path: string): Promise<string> => readFile(join(root, path), 'utf8')
  const followLog = followKernelLog(join(root, 'dev/kmsg'))
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

  /** The first of these files that can be read; null where none is there or none may be read. */
  const firstOf = async (paths: readonly string[]): Promise<string | null> => {
    for (const path of paths) {
      try {
        return await read(path)
      } catch (error) {
        if (!isGone(error) && !isDenied(error)) throw error
      }
    }
    return null
  }

  /** Kernels before 6.1 do not say which objects are patched; there, those of loaded modules are taken to be. */
  const hooksOf = async (livepatch: string, patched: Listed['patched']): Promise<readonly string[]> => {
    const objects = Object.keys(patched).filter(object => patched[object] !== false)
    const found = objects.map(async object => placesIn(object, await foldersIn(join(folder, livepatch, object))))
    return (await Promise.all(found)).flat()
  }

  /** Null where the livepatch went away while it was read. */
  const listed = async (name: string): Promise<Listed | null> => {
    const [enabled, transition] = [await attribute(join(folder, name, 'enabled')), await attribute(join(folder, name, 'transition'))]
    if (enabled === null || transition === null) return null
    const patched = await patchedOf(name)
    const hooks = await hooksOf(name, patched)
    return { entry: { name, digest: null, enabled: enabled === '1', transition: transition === '1' }, patched, hooks }
  }

  /**
   * Livepatches enable themselves when they load, so the order of the modules is that of `klp_patches`; /proc/modules has the newest
   * first. Targets are the loaded modules among the objects of the listed livepatches.
   */
  const stackOf = (
    release: string,
    modules: readonly LoadedModule[],
    entries: readonly Listed[],
    tracing: Stack['tracing'] | null,
    forced: boolean,
  ): Stack => {
    const oldestFirst = modules.map(({ name }) => name).toReversed()
    const names = new Set(entries.map(({ entry }) => entry.name))
    const traced = (tracing?.tracers ?? []).flatMap(({ object }) => object ?? [])
    const objects = new Set([...entries.flatMap(({ patched }) => Object.keys(patched)), ...traced])
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
      forced,
      ...(tracing && { tracing }),
    }
  }

  /** Null on a kernel without ftrace. What may not be read is not known, which differs from none. */
  const tracingOf = async (hooked: readonly Hooked[] | null, entries: readonly Listed[]): Promise<Stack['tracing'] | null> => {
    const [enabled, kprobes] = await Promise.all([firstOf(['proc/sys/kernel/ftrace_enabled']), firstOf(KPROBES)])
    if (enabled === null) return null
    const livepatched = new Set(entries.flatMap(({ hooks }) => hooks))
    const tracers = hooked === null || kprobes === null ? null : tracersOf(hooked, parseKprobes(kprobes), livepatched)
    return { ftraceEnabled: enabled.trim() !== '0', tracers }
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
      const patched = { functions: await patchedFunctions(names), livepatches: new Set(names) }
      return { ...(await transitionTasks(root, { livepatch, direction }, patched)), log: followLog().lines }
    }
    return null
  }

  const observeOnce = async (names: readonly string[]): Promise<Observation> => {
    const [release, bootId, modules] = await Promise.all([
      read('proc/sys/kernel/osrelease'),
      read('proc/sys/kernel/random/boot_id'),
      read('proc/modules'),
    ])
    const text = await firstOf(HOOKS)
    const hooked = text === null ? null : parseEnabledFunctions(text)
    const entries = (await Promise.all(names.map(listed))).filter(entry => entry !== null)
    const loaded = parseModules(modules)
    const forced = followLog().forced || pinnedOf(loaded, names).length > 0
    const stack = stackOf(release.trim(), loaded, entries, await tracingOf(hooked, entries), forced)
    return {
      bootId: bootId.trim(),
      stack,
      patched: Object.fromEntries(entries.map(({ entry, patched }) => [entry.name, patched])),
      ...(hooked && { unhooked: unhookedIn(entries, divertedOf(hooked)) }),
    }
  }

  /**
   * Livepatches that come and go between two reads would look like what they are not, such as somebody else's hook; and for a moment
   * after its transition a module is not listed any more and not let go yet, as if it were pinned.
   */
  const observe = async (): Promise<Observation> => {
    let names = await foldersIn(folder)
    for (let attempt = 1; ; attempt += 1) {
      const observation = await observeOnce(names)
      const after = await foldersIn(folder)
      const isSettled = names.join(' ') === after.join(' ') && !observation.stack.forced
      if (attempt === OBSERVATIONS_MAX || isSettled) return observation
      names = after
    }
  }

  const write = async (livepatch: string, attribute: 'force' | 'enabled', value: string): Promise<KernelAnswer> => {
    try {
      await writeFile(join(folder, livepatch, attribute), value)
      return { result: 'OK', detail: '' }
    } catch (error) {
      return { result: codeOf(error) ?? 'EIO', detail: messageOf(error) }
    }
  }

  return {
    explain,
    known: async () => [],
    observe,
    load: ({ name, path }) =>
      path === null ? Promise.resolve({ result: 'ENOENT', detail: `the file of ${name} is not on disk` }) : run(insmod, [path]),
    force: name => write(name, 'force', '1'),
    disable: name => write(name, 'enabled', '0'),
    remove: name => run(rmmod, [name]),
  }
}
