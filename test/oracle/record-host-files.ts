import { mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'

/*
 * node bootstrap.cjs test/oracle/record-host-files.ts --oracle DIR --kernel 6.1 [--out test/data/agent]
 *
 * Records what the files say that an agent reads on a real machine: with a stalled transition, and with tracing in several ways. DIR is
 * a copy of the oracle that test/oracle/main.ts has extended, with that kernel built there.
 */

type Answer = { readonly rc: number; readonly read?: readonly (string | number)[]; readonly modules?: Readonly<Record<string, string>> }
type Guest = { start(): Promise<void>; stop(): Promise<void>; cmd(...words: readonly (string | number)[]): Promise<Answer> }
type Oracle = {
  readonly Vm: new (options: object) => Guest
  readonly params: (module: object) => readonly [template: string, parameters: string]
}

const TRACING = '/sys/kernel/debug/tracing'
const READ = [`${TRACING}/enabled_functions`, '/sys/kernel/debug/kprobes/list', '/proc/sys/kernel/ftrace_enabled', '/proc/modules'] as const
const TASK = ['stat', 'stack', 'patch_state', 'comm'] as const
const PIDS_MAX = 300

const { values } = parseArgs({
  options: {
    oracle: { type: 'string', default: process.env['SUPERSEDE_ORACLE'] ?? '' },
    kernel: { type: 'string', default: '6.1' },
    out: { type: 'string', default: 'test/data/agent' },
  },
})
const { Vm, params }: Oracle = createRequire(import.meta.url)(join(resolve(values.oracle), 'oracle'))

const scene = async (play: (guest: Awaited<ReturnType<typeof open>>) => Promise<void>): Promise<Readonly<Record<string, string>>> => {
  const guest = await open()
  try {
    await play(guest)
    return guest.files
  } finally {
    await guest.vm.stop()
  }
}

const open = async () => {
  const vm = new Vm({})
  await vm.start()
  const files: Record<string, string> = {}
  const keep = async (...paths: readonly string[]): Promise<void> => {
    for (const path of paths) {
      const text = (await vm.cmd('C', path)).read?.[0]
      if (typeof text === 'string') files[path] = text
    }
  }
  const write = async (path: string, text: string): Promise<number> => (await vm.cmd('W.0', path, text)).rc
  return {
    vm,
    files,
    keep,
    write,
    load: async (module: { readonly name: string }): Promise<number> => {
      const [template, parameters] = params(module)
      return (await vm.cmd('I.2000', template, module.name, parameters)).rc
    },
    unload: async (name: string): Promise<number> => (await vm.cmd('R.0', name)).rc,
    /** A kprobe event somewhere in the function's body, where an instruction begins and ftrace does not sit. */
    probeBody: async (name: string, where: string): Promise<void> => {
      for (let offset = 5; offset < 32; offset += 1)
        if ((await write(`${TRACING}/kprobe_events`, `p:${name} ${where}+${offset}`)) === 0) return
      throw new Error(`no instruction of ${where} can be probed`)
    },
  }
}

const sysfsOf = (livepatch: string, functions: readonly string[]): readonly string[] => [
  ...['enabled', 'transition'].map(name => `/sys/kernel/livepatch/${livepatch}/${name}`),
  ...[...new Set(functions.map(name => name.split('/')[0]))].map(object => `/sys/kernel/livepatch/${livepatch}/${object}/patched`),
]

const stalled = () =>
  scene(async ({ vm, load, keep }) => {
    await load({ name: 't1', ...{ kind: 'target', kthread: true } })
    await vm.cmd('P.100', 'reader', '/proc/t1/block')
    await load({
      name: 'lp_a',
      ...{
        objects: [
          { name: 't1', funcs: ['tgt_block', 'tgt_f0'] },
          { name: null, funcs: ['version_proc_show'] },
        ],
      },
    })
    await keep(...READ, ...sysfsOf('lp_a', ['t1/tgt_block', 'vmlinux/version_proc_show']))
    for (let pid = 1; pid < PIDS_MAX; pid += 1) await keep(...TASK.map(name => `/proc/${pid}/${name}`))
  })

const lp = {
  name: 'lp_a',
  objects: [
    { name: 't1', funcs: ['tgt_f0'] },
    { name: null, funcs: ['version_proc_show'] },
  ],
}
const readLp = sysfsOf('lp_a', ['t1/tgt_f0', 'vmlinux/version_proc_show'])

/** Everything at once that somebody may have set: at entries, in bodies, disabled, on a patched function, the function tracer. */
const traced = () =>
  scene(async ({ load, write, keep, probeBody }) => {
    await load({ name: 't1', ...{ kind: 'target' } })
    await load(lp)
    const define = (text: string) => write(`${TRACING}/kprobe_events`, text)
    await define('p:entry t1:tgt_f1')
    await define('r:back t1:tgt_f2')
    await define('p:patched version_proc_show')
    await probeBody('body', 't1:tgt_f3')
    await probeBody('vmlinuxbody', 'cmdline_proc_show')
    await write(`${TRACING}/events/kprobes/enable`, '1')
    await define('p:idle t1:tgt_f4')
    await load({ name: 'klpprobe', ...{ kind: 'probe', symbol: 'uptime_proc_show', post: 1 } })
    await write(`${TRACING}/set_ftrace_filter`, 'loadavg_proc_show')
    await write(`${TRACING}/current_tracer`, 'function')
    await keep(...READ, ...readLp)
  })

/** Probes where the livepatches of examples/livepatches would go, and no livepatch yet. */
const probed = () =>
  scene(async ({ load, write, keep, probeBody }) => {
    await probeBody('body', 'cmdline_proc_show')
    await write(`${TRACING}/events/kprobes/enable`, '1')
    await load({ name: 'klpprobe', ...{ kind: 'probe', symbol: 'version_proc_show', post: 1 } })
    await keep(...READ)
  })

const untraced = () =>
  scene(async ({ load, keep }) => {
    await load({ name: 't1', ...{ kind: 'target' } })
    await load(lp)
    await keep(...READ, ...readLp)
  })

const switchedOff = () =>
  scene(async ({ write, keep }) => {
    await write('/proc/sys/kernel/ftrace_enabled', '0')
    await keep(...READ)
  })

/** Whether probes that were there before a livepatch still see calls afterwards: `kprobe_profile` before and after one more call. */
const blinded = () =>
  scene(async ({ vm, load, write, files, probeBody }) => {
    await load({ name: 't1', ...{ kind: 'target' } })
    await write(`${TRACING}/kprobe_events`, 'p:entry t1:tgt_f1')
    await write(`${TRACING}/kprobe_events`, 'r:back t1:tgt_f2')
    await probeBody('body', 't1:tgt_f3')
    await write(`${TRACING}/events/kprobes/enable`, '1')
    const profile = async (name: string): Promise<void> => {
      await vm.cmd('C', '/proc/t1/f1', '/proc/t1/f2', '/proc/t1/f3')
      files[name] = String((await vm.cmd('C', `${TRACING}/kprobe_profile`)).read?.[0])
    }
    await profile('before')
    await load({ name: 'lp_b', ...{ objects: [{ name: 't1', funcs: ['tgt_f1', 'tgt_f2', 'tgt_f3'] }] } })
    await profile('after')
  })

const main = async (): Promise<void> => {
  const scenes = {
    stalled: await stalled(),
    traced: await traced(),
    probed: await probed(),
    untraced: await untraced(),
    switchedOff: await switchedOff(),
    blinded: await blinded(),
  }
  mkdirSync(values.out, { recursive: true })
  writeFileSync(join(values.out, `host-files-${values.kernel}.json`), `${JSON.stringify({ kernel: values.kernel, scenes }, null, 1)}\n`)
}

await main()
