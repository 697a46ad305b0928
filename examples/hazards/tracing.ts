import { cumulative, disable, type Examples, load } from './example.ts'

const PAGE = 'Documentation/livepatch/livepatch.rst, "Limitations"'

const fix = cumulative('fix_1', { vmlinux: { patches: ['version_proc_show'] } })

export const TRACING: Examples = {
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
