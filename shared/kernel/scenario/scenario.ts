import * as z from 'zod'
import { CALLBACK_KINDS } from '../../livepatch/index.ts'
import { failure } from '../errno.ts'
import type { LivepatchImage, ModuleImage, Symbols, TargetImage } from '../image.ts'

const SLEEPS = { b: 'uninterruptible', i: 'interruptible' } as const

/** A function to be patched: a name, or a name with position and mode (`b`, `i`: the replacement sleeps; `c<n>`: it returns n). */
const ScenarioFunction = z.union([
  z.string().transform(name => ({ name, sympos: undefined, mode: undefined })),
  z.object({ name: z.string(), sympos: z.number().optional(), mode: z.string().optional() }),
])

const ScenarioObject = z.object({
  name: z.string().nullish(),
  funcs: z.array(ScenarioFunction).default([]),
  callbacks: z.partialRecord(z.enum(CALLBACK_KINDS), z.union([z.number(), z.boolean()])).default({}),
})

const ScenarioLivepatch = z.object({
  name: z.string(),
  kind: z.literal('livepatch').optional(),
  replace: z.boolean().default(false),
  states: z.array(z.object({ id: z.number(), version: z.number() })).default([]),
  objects: z.array(ScenarioObject).default([]),
  unmarked: z.boolean().default(false),
  noenable: z.boolean().default(false),
  init_ret: z.number().default(0),
})

const ScenarioTarget = z.object({
  name: z.string(),
  kind: z.literal('target'),
  init_ret: z.number().default(0),
  kthread: z.boolean().default(false),
})

/** A module whose code calls the shadow variable API. */
const ScenarioCaller = z.object({ name: z.string(), kind: z.literal('caller') })

/** A module that sets a kprobe at the entry of a function of vmlinux; with a post handler it has the function for itself. */
const ScenarioProbe = z.object({ name: z.string(), kind: z.literal('probe'), symbol: z.string(), post: z.literal(1).optional() })

const word = z.union([z.string(), z.number(), z.boolean()])
const settle = z.number().optional()
const probe = z.array(z.string()).optional()

const ScenarioStep = z.discriminatedUnion('op', [
  z.object({ op: z.enum(['load', 'unload']), module: z.string(), settle, probe }),
  z.object({ op: z.literal('release'), module: z.string(), value: word.default(1), settle, probe }),
  z.object({ op: z.literal('enabled'), patch: z.string(), value: word, settle, probe }),
  z.object({ op: z.literal('force'), patch: z.string(), value: word.default(1), settle, probe }),
  z.object({ op: z.literal('spawn'), id: z.string(), func: z.string().optional(), path: z.string().optional(), settle, probe }),
  z.object({ op: z.literal('join'), id: z.string(), ms: z.number().default(500), settle, probe }),
  z.object({ op: z.literal('signal'), id: z.string(), signal: z.number().default(10), settle, probe }),
  z.object({ op: z.literal('write'), path: z.string(), value: word, settle, probe }),
  z.object({ op: z.literal('ftrace_enabled'), value: z.union([z.literal(0), z.literal(1)]), settle, probe }),
  z.object({
    op: z.literal('shadow'),
    call: z.enum(['get', 'alloc', 'get_or_alloc', 'free', 'free_all']),
    object: z.number().default(0),
    id: z.number(),
    data: z.number().default(0),
    constructed: z.number().optional(),
    destructor: z.boolean().default(false),
    settle,
    probe,
  }),
  z.object({ op: z.literal('wait'), ms: z.number(), probe }),
])
export type ScenarioStep = z.infer<typeof ScenarioStep>

/** A scenario: what may be loaded, and what is done in which order. A recording is a scenario with what was seen beside each step. */
export const Scenario = z.object({
  name: z.string(),
  /** Whether the line about signals is shown. */
  signals: z.boolean().default(false),
  /** Release of the kernel it was recorded on. */
  kernel: z.string().optional(),
  modules: z.array(z.union([ScenarioTarget, ScenarioCaller, ScenarioProbe, ScenarioLivepatch])),
  probe,
  /** Milliseconds for an open transition to go on before a step's state is taken. */
  settle: z.number().default(2000),
  steps: z.array(ScenarioStep),
})
export type Scenario = z.infer<typeof Scenario>
type ScenarioModule = Scenario['modules'][number]

const modeOf = (mode: string | undefined): { sleeps?: 'interruptible' | 'uninterruptible'; returns?: number } => {
  if (mode === 'b' || mode === 'i') return { sleeps: SLEEPS[mode] }
  return mode?.startsWith('c') === true ? { returns: Number(mode.slice(1)) } : {}
}

type ScenarioCallbacks = z.infer<typeof ScenarioObject>['callbacks']

const callbacksOf = (callbacks: ScenarioCallbacks) =>
  Object.fromEntries(
    Object.entries(callbacks).map(([kind, value]) => [kind, kind === 'pre_patch' ? (typeof value === 'number' ? value : 0) : true]),
  )

/** The module that stands for every livepatch of a scenario has room for so much; with more its init fails and says so. */
const OBJECTS_MAX = 16
const FUNCTIONS_MAX = 64

/** Whether the module has no room for the scenario's livepatch. */
export const isTooLarge = (module: ScenarioModule): boolean =>
  'objects' in module &&
  (module.objects.length > OBJECTS_MAX || module.objects.reduce((sum, { funcs }) => sum + funcs.length, 0) > FUNCTIONS_MAX)

const livepatchOf = (module: z.infer<typeof ScenarioLivepatch>): LivepatchImage => ({
  kind: 'livepatch',
  name: module.name,
  replace: module.replace,
  states: module.states.map(({ id, version }) => ({ id: `${id}`, version })),
  objects: module.objects.map(({ name, funcs, callbacks }) => ({
    name: name === undefined || name === 'vmlinux' ? null : name,
    functions: funcs.map(func => ({ name: func.name, sympos: `${func.sympos ?? 0}`, ...modeOf(func.mode) })),
    callbacks: callbacksOf(callbacks),
  })),
  marked: !module.unmarked,
  enables: !module.noenable,
  initResult: module.init_ret,
})

/** The functions of the target module that scenarios load. Two of its files have a local function `tgt_dup` each. */
const TARGET_SYMBOLS: Symbols = new Map([
  ...['f0', 'f1', 'f2', 'f3', 'f4', 'f5', 'f6', 'f7', 'dup1', 'dup2', 'say', 'thread'].map(
    name => [`tgt_${name}`, { occurrences: 1 }] as const,
  ),
  ['release_set', { occurrences: 1 }],
  ['klptgt_exit', { occurrences: 1, traceable: false }],
  ['cleanup_module', { occurrences: 1, traceable: false }],
  ['tgt_block', { occurrences: 1, sleeps: 'uninterruptible' }],
  ['tgt_iblock', { occurrences: 1, sleeps: 'interruptible' }],
  ['tgt_dup', { occurrences: 2 }],
])

const targetOf = ({ name, init_ret, kthread }: z.infer<typeof ScenarioTarget>): TargetImage => ({
  kind: 'target',
  name,
  symbols: TARGET_SYMBOLS,
  initResult: init_ret,
  ...(kthread && { kthread: ['tgt_thread', 'tgt_block'] }),
})

/** What a scenario's module is to the core. */
export const moduleImage = (module: ScenarioModule): ModuleImage => {
  if (module.kind === 'caller') return { kind: 'target', name: module.name, symbols: new Map() }
  if (module.kind === 'probe') {
    const takes = module.post === undefined ? {} : { takes: { object: null, name: module.symbol } }
    return { kind: 'target', name: module.name, symbols: new Map(), ...takes }
  }
  if (module.kind === 'target') return targetOf(module)
  return isTooLarge(module) ? { ...livepatchOf(module), enables: false, initResult: failure('E2BIG') } : livepatchOf(module)
}
