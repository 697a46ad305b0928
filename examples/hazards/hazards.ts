import { ALL_CALLBACKS, type Hazard, livepatch } from './hazard.ts'

const fix = livepatch({ name: 'fix_1', version: '1', patches: { vmlinux: { functions: ['cmdline_proc_show'] } }, fixes: ['CVE-0000-0001'] })
const quiet = livepatch({
  name: 'quiet_2',
  version: '2',
  patches: { vmlinux: { functions: ['cmdline_proc_show'], callbacks: ALL_CALLBACKS } },
  fixes: ['CVE-0000-0001'],
})
const hotfix = livepatch({
  name: 'hotfix',
  version: '1',
  series: 'hotfix',
  replace: false,
  patches: { vmlinux: { functions: ['meminfo_proc_show'] } },
  fixes: ['CVE-0000-0009'],
})
const state = (version: string, states: readonly { id: string; version: number }[]) =>
  livepatch({ name: `loglevel_${version}`, version, patches: { vmlinux: { callbacks: ALL_CALLBACKS } }, states })

/** Each is one page of Documentation/livepatch come true. */
export const HAZARDS: Readonly<Record<string, Hazard>> = {
  'functions-reverted': {
    title: 'A cumulative livepatch replaces a hotfix as well, and the function that only the hotfix patched is original again.',
    documented: 'Documentation/livepatch/cumulative-patches.rst, "Atomic Replace"',
    running: [fix, hotfix],
    next: livepatch({ name: 'fix_2', version: '2', patches: { vmlinux: { functions: ['cmdline_proc_show'] } }, fixes: ['CVE-0000-0001'] }),
    finding: 'functions-reverted',
  },
  'missing-callback': {
    title: 'Going back to a livepatch without callbacks skips those of the newer one: the console stays quiet for ever.',
    documented: 'Documentation/livepatch/cumulative-patches.rst, "Limitations"; callbacks.rst',
    running: [quiet],
    next: fix,
    finding: 'missing-callback',
  },
  'callbacks-skipped': {
    title: 'A newer livepatch has callbacks on the same object; whether they take over, only its author knows.',
    documented: 'Documentation/livepatch/callbacks.rst',
    running: [quiet],
    next: livepatch({
      ...quiet,
      name: 'quiet_3',
      version: '3',
      patches: { vmlinux: { functions: ['cmdline_proc_show'], callbacks: ALL_CALLBACKS } },
    }),
    finding: 'callbacks-skipped',
  },
  'incompatible-states': {
    title: 'An older livepatch knows an older version of a system state; the kernel refuses it.',
    documented: 'Documentation/livepatch/system-state.rst, "Livepatch compatibility"',
    running: [state('2', [{ id: '1', version: 2 }])],
    next: state('1', [{ id: '1', version: 1 }]),
    finding: 'incompatible-states',
  },
  'state-taken-over': {
    title: 'A newer livepatch declares the state in a higher version and takes the change over.',
    documented: 'Documentation/livepatch/system-state.rst, "Supported scenarios"',
    running: [state('1', [{ id: '1', version: 1 }])],
    next: state('2', [{ id: '1', version: 2 }]),
    finding: 'callbacks-skipped',
  },
  'orphaned-shadow': {
    title: 'Shadow variables outlive the livepatch that attached them, and its successor does not know of them.',
    documented: 'Documentation/livepatch/shadow-vars.rst',
    running: [
      livepatch({
        name: 'counter_1',
        version: '1',
        patches: { vmlinux: { functions: ['sta_info_alloc'] } },
        shadowImports: ['klp_shadow_alloc', 'klp_shadow_free'],
      }),
    ],
    next: livepatch({ name: 'counter_2', version: '2', patches: { vmlinux: { functions: ['sta_info_alloc'] } } }),
    finding: 'orphaned-shadow',
  },
  'refuses-later-module': {
    title: 'A driver that is loaded later is refused when pre_patch fails for it.',
    documented: 'Documentation/livepatch/callbacks.rst, "Module coming and pre-patch failure"',
    running: [],
    next: livepatch({
      name: 'driver_fix',
      version: '1',
      patches: { nvme: { functions: ['nvme_probe'], callbacks: ['pre_patch', 'post_unpatch'] } },
    }),
    finding: 'refuses-later-module',
  },
  'stall-likely': {
    title: 'A patched function in which every event loop sleeps keeps the transition open.',
    documented: 'Documentation/livepatch/livepatch.rst, "Consistency model"',
    running: [],
    next: livepatch({ name: 'poll_fix', version: '1', patches: { vmlinux: { functions: ['ep_poll'] } } }),
    finding: 'stall-likely',
  },
}
