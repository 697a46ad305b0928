/** A function of vmlinux (null) or of a module. */
const place = (object: string | null, name: string): string => `${object ?? 'vmlinux'}:${name}`

/** `name [module] (users) flags…`, where I stands for a user that changes where the call goes. */
const LINE = /^(\S+)(?: \[(\S+)\])? \(\d+\)((?: +[A-Z])*)/

/**
 * Functions whose calls ftrace diverts, as `object:function`, out of tracefs' `enabled_functions`.
 * Source: kernel/trace/ftrace.c: t_show; livepatching registers with IPMODIFY (kernel/livepatch/patch.c: klp_patch_func).
 */
export const parseHooks = (text: string): ReadonlySet<string> =>
  new Set(
    text.split('\n').flatMap(line => {
      const [, name, module, flags = ''] = LINE.exec(line) ?? []
      return name !== undefined && flags.split(' ').includes('I') ? [place(module ?? null, name)] : []
    }),
  )

/** Of a livepatch's function directories (`name,position`) on a patched object, those that ftrace does not divert. */
export const unhookedOf = (object: string, directories: readonly string[], hooks: ReadonlySet<string>): readonly string[] =>
  directories.map(directory => place(object === 'vmlinux' ? null : object, directory.replace(/,\d+$/, ''))).filter(name => !hooks.has(name))
