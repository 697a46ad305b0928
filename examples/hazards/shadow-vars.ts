import { cumulative, type Examples, load, unload } from './example.ts'

const PAGE = 'Documentation/livepatch/shadow-vars.rst'
const TESTS = `${PAGE}; tools/testing/selftests/livepatch/test-shadow-vars.sh`

/** A module of the guest that calls the API as a livepatch's code would. */
const CALLER = { name: 'klpshadow', kind: 'caller' as const }
type Call = 'get' | 'alloc' | 'get_or_alloc' | 'free' | 'free_all'
const shadow = (call: Call, object: number, more: { readonly data?: number; readonly destructor?: boolean } = {}) => ({
  op: 'shadow' as const,
  call,
  object,
  id: 7,
  ...more,
})
const counting = (name: string) => cumulative(name, { vmlinux: { patches: ['cmdline_proc_show'] } })
const COUNTER_1 = { counter_1: { shadowImports: ['klp_shadow_alloc', 'klp_shadow_free_all'] } }

export const SHADOW_VARIABLES: Examples = {
  'shadow-api': {
    title: 'A shadow variable belongs to an object and an id: there is one at most, and it is there until somebody frees it.',
    documented: `${TESTS}: basic shadow variable API`,
    modules: [CALLER],
    steps: [
      load('klpshadow'),
      shadow('get', 1),
      shadow('alloc', 1, { data: 11 }),
      shadow('alloc', 2, { data: 12 }),
      shadow('get', 1),
      shadow('alloc', 1, { data: 13 }),
      shadow('get_or_alloc', 1, { data: 14 }),
      shadow('get_or_alloc', 3, { data: 15 }),
      shadow('free', 2, { destructor: true }),
      shadow('get', 2),
      shadow('free', 3),
      shadow('free_all', 0, { destructor: true }),
      shadow('get', 1),
      unload('klpshadow'),
    ],
  },
  'orphaned-shadow': {
    title: 'Shadow variables outlive the livepatch that attached them, and its successor does not know of them.',
    documented: `${PAGE}; Documentation/livepatch/cumulative-patches.rst, "Limitations": no special handling of shadow variables`,
    modules: [CALLER, counting('counter_1'), counting('counter_2')],
    steps: [
      load('klpshadow'),
      load('counter_1'),
      shadow('alloc', 1, { data: 42 }),
      load('counter_2'),
      unload('counter_1'),
      shadow('get', 1),
      shadow('free_all', 0),
    ],
    foreseen: { step: 3, finding: 'orphaned-shadow' },
    facts: { ...COUNTER_1, counter_2: { version: '2' } },
  },
  'init-exit-effects': {
    title: 'The module of a replaced livepatch is removed later, its exit frees the shadow variables, and its successor finds none.',
    documented: `${PAGE}; Documentation/livepatch/cumulative-patches.rst, "Limitations": they should not blindly remove them in module_exit()`,
    modules: [CALLER, counting('counter_1'), counting('counter_2')],
    steps: [
      load('klpshadow'),
      load('counter_1'),
      shadow('alloc', 1, { data: 42 }),
      load('counter_2'),
      shadow('get', 1),
      unload('counter_1'),
      shadow('free_all', 0),
      shadow('get', 1),
    ],
    foreseen: { step: 3, finding: 'init-exit-effects' },
    facts: { ...COUNTER_1, counter_2: { version: '2', shadowImports: ['klp_shadow_get'] } },
  },
}
