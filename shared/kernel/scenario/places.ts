import type { Machine } from '../machine.ts'

/** Files of the kernel itself that scenarios read, with the function that answers. */
const KERNEL_FILES: ReadonlyMap<string, string> = new Map([
  ['/proc/cmdline', 'cmdline_proc_show'],
  ['/proc/version', 'version_proc_show'],
  ['/proc/loadavg', 'loadavg_proc_show'],
  ['/proc/uptime', 'uptime_proc_show'],
  ['/proc/meminfo', 'meminfo_proc_show'],
  ['/proc/filesystems', 'filesystems_proc_show'],
  ['/proc/softirqs', 'show_softirqs'],
  ['/proc/stat', 'show_stat'],
  ['/fifo', 'fifo_open'],
])

/** A function that a scenario calls, by way of the file that answers with it. */
export type Place = { readonly object: string | null; readonly function: string; readonly position: string }

const DUPLICATE = /^dup([12])$/

/** `t1:tgt_f0`, `t1:dup2`, `vmlinux:cmdline_proc_show`. */
export const placeOf = (probe: string): Place => {
  const [object = '', name = ''] = probe.split(':')
  const [, which] = DUPLICATE.exec(name) ?? []
  return {
    object: object === 'vmlinux' ? null : object,
    function: which === undefined ? name : 'tgt_dup',
    position: which ?? '1',
  }
}

export const placeOfPath = (path: string): Place => {
  const [, object = '', file = ''] = /^\/proc\/(\w+)\/(\w+)$/.exec(path) ?? []
  const kernels = KERNEL_FILES.get(path)
  if (kernels !== undefined) return { object: null, function: kernels, position: '1' }
  return placeOf(`${object}:${/^dup[12]$/.test(file) ? file : `tgt_${file}`}`)
}

/** A module whose init failed or was refused has no files. */
export const hasFiles = (machine: Machine, { object }: Place): boolean => {
  const image = object === null ? undefined : machine.modules.get(object)?.image
  return object === null || (image?.kind === 'target' && (image.initResult ?? 0) === 0)
}
