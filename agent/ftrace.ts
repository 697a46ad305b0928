/** A function of vmlinux (null) or of a module. */
export const place = (object: string | null, name: string): string => `${object ?? 'vmlinux'}:${name}`

/** A function that ftrace has on its list: who is called there, and whether one of them may change where the call goes. */
export type Hooked = { readonly object: string | null; readonly function: string; readonly users: number; readonly exclusive: boolean }

/** `name [module] (users) flags…`, where I stands for a user that changes where the call goes. */
const LINE = /^(\S+)(?: \[(\S+)\])? \((\d+)\)((?: +[A-Z])*)/

/**
 * Functions with users, out of tracefs' `enabled_functions`. The columns of flags have become more over time (6.1: R I D, 6.12: O M);
 * what follows the tab is for people.
 * Source: kernel/trace/ftrace.c: t_show, print_rec; livepatching registers with IPMODIFY (kernel/livepatch/patch.c: klp_patch_func).
 */
export const parseEnabledFunctions = (text: string): readonly Hooked[] =>
  text.split('\n').flatMap(line => {
    const [, name, module, users, flags = ''] = LINE.exec(line) ?? []
    return name === undefined
      ? []
      : [{ object: module ?? null, function: name, users: Number(users), exclusive: flags.split(' ').includes('I') }]
  })

/** Functions whose calls ftrace diverts, as `object:function`. */
export const divertedOf = (functions: readonly Hooked[]): ReadonlySet<string> =>
  new Set(functions.filter(({ exclusive }) => exclusive).map(hooked => place(hooked.object, hooked.function)))

/** Names of a livepatch's function directories (`name,position`) on an object, as `object:function`. */
export const placesIn = (object: string, directories: readonly string[]): readonly string[] =>
  directories.map(directory => place(object === 'vmlinux' ? null : object, directory.replace(/,\d+$/, '')))

/** One armed kprobe; `atEntry`: it sits where ftrace does and is called by it. */
export type Kprobe = { readonly object: string | null; readonly function: string; readonly atEntry: boolean }

/** `address  k|r  function+0x5  module [DISABLED][OPTIMIZED][FTRACE]`; vmlinux has no module. */
const PROBE = /^[0-9a-f]+ +[a-z]+ +(\S+?)\+0x[0-9a-f]+ +(?:([^\s[]+) )? *((?:\[[A-Z]+\])*) *$/

/**
 * Kprobes that are armed, out of debugfs' `kprobes/list`.
 * Source: kernel/kprobes.c: report_probe. A probe whose module is gone has no function any more and is marked GONE.
 */
export const parseKprobes = (text: string): readonly Kprobe[] =>
  text.split('\n').flatMap(line => {
    const [, name, module, flags = ''] = PROBE.exec(line) ?? []
    if (name === undefined || flags.includes('[DISABLED]') || flags.includes('[GONE]')) return []
    return [{ object: module ?? null, function: name, atEntry: flags.includes('[FTRACE]') }]
  })
