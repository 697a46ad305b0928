import { ALL_CALLBACKS, cumulative, disable, type Examples, livepatch, load, target, unload } from './example.ts'

const PAGE = 'Documentation/livepatch/callbacks.rst'
const TESTS = `${PAGE}; tools/testing/selftests/livepatch/test-callbacks.sh`

const PART = { patches: ['tgt_f0'], callbacks: ALL_CALLBACKS }
/** Callbacks for the kernel itself and for a module; no function of the kernel is patched. */
const both = livepatch('callbacks_1', { vmlinux: { callbacks: ALL_CALLBACKS }, t1: PART })
const failing = livepatch('callbacks_1', {
  vmlinux: { callbacks: ALL_CALLBACKS },
  t1: { patches: ['tgt_f0'], callbacks: { ...ALL_CALLBACKS, pre_patch: -19 } },
})
const OFF = [disable('callbacks_1'), unload('callbacks_1')]

/** The tests that the page was written with, by the names that they have in the kernel. */
export const CALLBACKS: Examples = {
  'target-before-livepatch': {
    title: 'The module is there when the livepatch comes: its callbacks run with those of the kernel, both ways.',
    documented: `${TESTS}: target module before livepatch`,
    modules: [target('t1'), both],
    steps: [load('t1'), load('callbacks_1'), ...OFF, unload('t1')],
  },
  'module-coming': {
    title: 'The module comes later: its callbacks run while it loads.',
    documented: `${TESTS}: module_coming notifier`,
    modules: [target('t1'), both],
    steps: [load('callbacks_1'), load('t1'), ...OFF, unload('t1')],
  },
  'module-going': {
    title: 'The module goes first: its unpatch callbacks run while it unloads, and not again when the livepatch is disabled.',
    documented: `${TESTS}: module_going notifier`,
    modules: [target('t1'), both],
    steps: [load('t1'), load('callbacks_1'), unload('t1'), ...OFF],
  },
  'module-coming-and-going': {
    title: 'The module comes and goes while the livepatch is in place.',
    documented: `${TESTS}: module_coming and module_going notifiers`,
    modules: [target('t1'), both],
    steps: [load('callbacks_1'), load('t1'), unload('t1'), ...OFF],
  },
  'target-not-present': {
    title: 'The module never comes: only the callbacks of the kernel run.',
    documented: `${TESTS}: target module not present`,
    modules: [both],
    steps: [load('callbacks_1'), ...OFF],
  },
  'pre-patch-fails': {
    title: 'A pre_patch that fails keeps the livepatch from loading; what others of it did is undone.',
    documented: `${TESTS}: pre-patch callback -ENODEV`,
    modules: [target('t1'), failing],
    steps: [load('t1'), load('callbacks_1'), unload('t1')],
  },
  'refuses-later-module': {
    title: 'A driver that is loaded later is refused when pre_patch fails for it.',
    documented: `${TESTS}: module_coming + pre-patch callback -ENODEV`,
    modules: [target('t1'), failing],
    steps: [load('callbacks_1'), load('t1'), ...OFF],
    foreseen: { step: 0, finding: 'refuses-later-module' },
  },
  'multiple-targets': {
    title: 'Two modules, one of which comes and goes while the livepatch is in place.',
    documented: `${TESTS}: multiple target modules`,
    modules: [target('t1'), target('t2'), livepatch('callbacks_1', { vmlinux: { callbacks: ALL_CALLBACKS }, t1: PART, t2: PART })],
    steps: [load('t1'), load('callbacks_1'), load('t2'), unload('t2'), ...OFF, unload('t1')],
  },
  'busy-target': {
    title: 'A task sleeps in the function: the transition stays open, a second module comes and goes meanwhile, and it is all taken back.',
    documented: `${TESTS}: busy target module`,
    modules: [
      target('t1'),
      target('t2'),
      livepatch('callbacks_1', {
        vmlinux: { callbacks: ALL_CALLBACKS },
        t1: { patches: ['tgt_block'], callbacks: ALL_CALLBACKS },
        t2: PART,
      }),
    ],
    steps: [
      load('t1'),
      { op: 'spawn', id: 'busy', func: 't1:tgt_block' },
      load('callbacks_1'),
      load('t2'),
      unload('t2'),
      disable('callbacks_1'),
      { op: 'release', module: 't1' },
      { op: 'join', id: 'busy' },
      unload('callbacks_1'),
      unload('t1'),
    ],
  },
  'multiple-livepatches': {
    title: 'Two livepatches, the newer of which is taken off first.',
    documented: `${TESTS}: multiple livepatches`,
    modules: [both, livepatch('callbacks_2', { vmlinux: { callbacks: ALL_CALLBACKS } })],
    steps: [
      load('callbacks_1'),
      load('callbacks_2'),
      disable('callbacks_2'),
      disable('callbacks_1'),
      unload('callbacks_2'),
      unload('callbacks_1'),
    ],
  },
  'atomic-replace': {
    title: 'A cumulative livepatch replaces one with callbacks: only its own run, then and when it is disabled.',
    documented: `${TESTS}: atomic replace`,
    modules: [both, cumulative('callbacks_2', { vmlinux: { callbacks: ALL_CALLBACKS } })],
    steps: [load('callbacks_1'), load('callbacks_2'), disable('callbacks_2'), unload('callbacks_2'), unload('callbacks_1')],
    foreseen: { step: 1, finding: 'callbacks-skipped' },
    facts: { callbacks_2: { version: '2' } },
  },
}
