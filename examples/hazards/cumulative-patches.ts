import { ALL_CALLBACKS, cumulative, disable, type Examples, enable, livepatch, load, unload } from './example.ts'

const PAGE = 'Documentation/livepatch/cumulative-patches.rst'

const fixing = (name: string, callbacks = {}) => cumulative(name, { vmlinux: { patches: ['cmdline_proc_show'], callbacks } })
const hotfix = livepatch('hotfix', { vmlinux: { patches: ['version_proc_show'] } })

/** What the page says of atomic replace. */
export const CUMULATIVE_PATCHES: Examples = {
  'functions-reverted': {
    title: 'A cumulative livepatch replaces a hotfix as well, and the function that only the hotfix patched is original again.',
    documented: `${PAGE}, "Features": all older livepatches are replaced`,
    modules: [fixing('fix_1'), hotfix, fixing('fix_2')],
    steps: [load('fix_1'), load('hotfix'), load('fix_2')],
    foreseen: { step: 2, finding: 'functions-reverted' },
    facts: { hotfix: { series: 'hotfix', fixes: ['CVE-0000-0009'] } },
  },
  'stays-underneath': {
    title: 'A livepatch that is not cumulative lets the others stand underneath, and needs them in order to be taken off again.',
    documented: `${PAGE}, "Usage": the replace flag`,
    modules: [fixing('fix_1'), hotfix],
    steps: [load('fix_1'), load('hotfix'), disable('fix_1'), disable('hotfix'), disable('fix_1')],
    foreseen: { step: 1, finding: 'not-cumulative' },
    facts: { hotfix: { series: 'hotfix' } },
  },
  'no-way-back': {
    title: 'Once the replacing livepatch is in place, disabling it brings nothing back: the replaced one is gone, not underneath.',
    documented: `${PAGE}, "Limitations": no straightforward way to reverse it and restore the replaced patches atomically`,
    modules: [fixing('fix_1'), fixing('fix_2')],
    steps: [load('fix_1'), load('fix_2'), enable('fix_1'), load('fix_1'), unload('fix_1'), disable('fix_2'), load('fix_1')],
  },
  'missing-callback': {
    title: 'Going back to a livepatch without callbacks skips those of the newer one, and what it changed stays for ever.',
    documented: `${PAGE}, "Limitations": only callbacks of the new livepatch are executed`,
    modules: [fixing('fix_2', ALL_CALLBACKS), fixing('fix_1')],
    steps: [load('fix_2'), load('fix_1'), disable('fix_1')],
    foreseen: { step: 1, finding: 'missing-callback' },
    facts: { fix_2: { version: '2' } },
  },
  'callbacks-skipped': {
    title: 'A newer livepatch has callbacks on the same object; whether they take over, only its author knows.',
    documented: `${PAGE}, "Limitations": only callbacks of the new livepatch are executed`,
    modules: [fixing('fix_1', ALL_CALLBACKS), fixing('fix_2', ALL_CALLBACKS)],
    steps: [load('fix_1'), load('fix_2'), disable('fix_2')],
    foreseen: { step: 1, finding: 'callbacks-skipped' },
    facts: { fix_2: { version: '2' } },
  },
}
