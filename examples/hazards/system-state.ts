import { ALL_CALLBACKS, cumulative, disable, type Examples, livepatch, load, unload } from './example.ts'

const PAGE = 'Documentation/livepatch/system-state.rst'
const TESTS = 'tools/testing/selftests/livepatch/test-state.sh'

type States = readonly (readonly [number, number])[]
const PART = { vmlinux: { patches: ['cmdline_proc_show'], callbacks: ALL_CALLBACKS } }
const changing = (name: string, states: States = []) => cumulative(name, PART, states)

/** What the page and the tests of the kernel say of livepatches that declare which state of the system they change. */
export const SYSTEM_STATE: Examples = {
  'state-changed': {
    title: 'A livepatch changes a state when it is loaded and changes it back when it is disabled.',
    documented: `${PAGE}, "Expected usage"; ${TESTS}: system state modification`,
    modules: [changing('state_1', [[1, 1]])],
    steps: [load('state_1'), disable('state_1'), unload('state_1')],
  },
  'state-taken-over': {
    title: 'A newer livepatch declares the state in a higher version; its callbacks find the older one and take the change over.',
    documented: `${PAGE}, "Supported scenarios"; ${TESTS}: taking over system state modification`,
    modules: [changing('state_1', [[1, 1]]), changing('state_2', [[1, 2]])],
    steps: [load('state_1'), load('state_2'), unload('state_1'), disable('state_2'), unload('state_2')],
    foreseen: { step: 1, finding: 'callbacks-skipped' },
    facts: { state_2: { version: '2' } },
  },
  'compatible-states': {
    title: 'Livepatches that declare the same version of a state may replace each other in either direction.',
    documented: `${PAGE}, "Livepatch compatibility"; ${TESTS}: compatible cumulative livepatches`,
    modules: [changing('state_2', [[1, 2]]), changing('state_3', [[1, 2]])],
    steps: [load('state_2'), load('state_3'), unload('state_2'), load('state_2'), disable('state_2'), unload('state_2'), unload('state_3')],
  },
  'incompatible-states': {
    title: 'An older livepatch knows an older version of a system state; the kernel refuses it.',
    documented: `${PAGE}, "Livepatch compatibility"; ${TESTS}: incompatible cumulative livepatches`,
    modules: [changing('state_2', [[1, 2]]), changing('state_1', [[1, 1]])],
    steps: [load('state_2'), load('state_1'), disable('state_2'), unload('state_2')],
    foreseen: { step: 1, finding: 'incompatible-states' },
    facts: { state_2: { version: '2' } },
  },
  'state-missing': {
    title: 'A cumulative livepatch has to know every state that is changed already; one that does not is refused.',
    documented: `${PAGE}, "Livepatch compatibility": any cumulative livepatch must be able to handle all already modified system states`,
    modules: [changing('state_1', [[1, 1]]), changing('none_2')],
    steps: [load('state_1'), load('none_2')],
    foreseen: { step: 1, finding: 'incompatible-states' },
    facts: { none_2: { version: '2' } },
  },
  'state-not-asked': {
    title: 'A livepatch that is not cumulative need not know the states that others have changed.',
    documented: `${PAGE}, "Livepatch compatibility": non-cumulative livepatches may touch already modified states`,
    modules: [changing('state_1', [[1, 1]]), livepatch('hotfix', { vmlinux: { patches: ['version_proc_show'] } })],
    steps: [load('state_1'), load('hotfix'), disable('hotfix'), disable('state_1')],
  },
  'state-lowered-on-top': {
    title: 'Also one that is not cumulative is refused where it declares a state in an older version.',
    documented: `${PAGE}, "Livepatch compatibility": at least the same version of a state that is already in use`,
    modules: [changing('state_2', [[1, 2]]), livepatch('late_1', { vmlinux: { patches: ['version_proc_show'] } }, [[1, 1]])],
    steps: [load('state_2'), load('late_1')],
    foreseen: { step: 1, finding: 'incompatible-states' },
    facts: { state_2: { version: '2' }, late_1: { series: 'late' } },
  },
  'upgrade-fails': {
    title: 'A newer livepatch cannot make its change, its pre_patch says so, and the older one and its state stay in place.',
    documented: `${PAGE}, "Supported scenarios": error occurs when enabling the new livepatch`,
    modules: [
      changing('state_1', [[1, 1]]),
      cumulative('state_2', { vmlinux: { patches: ['cmdline_proc_show'], callbacks: { ...ALL_CALLBACKS, pre_patch: -12 } } }, [[1, 2]]),
    ],
    steps: [load('state_1'), load('state_2'), disable('state_1')],
  },
}
