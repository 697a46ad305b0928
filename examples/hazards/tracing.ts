import { cumulative, disable, type Examples, load, unload } from './example.ts'

const PAGE = 'Documentation/livepatch/livepatch.rst, "Limitations"'

const fix = cumulative('fix_1', { vmlinux: { patches: ['version_proc_show'] } })

/** A module of the guest that sets a kprobe with a post handler at the function's entry, and so has it for itself. */
const PROBE = { name: 'klpprobe', kind: 'probe' as const, symbol: 'version_proc_show', post: 1 as const }

export const TRACING: Examples = {
  'tracing-conflict': {
    title: 'Somebody else may redirect the function: ftrace gives it to no livepatch before that one has let go.',
    documented: `${PAGE}: conflicts with other users of ftrace`,
    modules: [PROBE, fix],
    steps: [load('klpprobe'), load('fix_1'), unload('klpprobe'), load('fix_1'), load('klpprobe'), disable('fix_1')],
    foreseen: { step: 1, finding: 'tracing-conflict' },
  },
  'ftrace-switched-off': {
    title: 'Where ftrace is switched off no function can be redirected; where a livepatch is in place it cannot be switched off.',
    documented: `${PAGE}: livepatch depends on dynamic ftrace`,
    modules: [fix],
    steps: [
      { op: 'ftrace_enabled', value: 0 },
      load('fix_1'),
      { op: 'ftrace_enabled', value: 1 },
      load('fix_1'),
      { op: 'ftrace_enabled', value: 0 },
      disable('fix_1'),
    ],
    foreseen: { step: 1, finding: 'tracing-conflict' },
  },
}
