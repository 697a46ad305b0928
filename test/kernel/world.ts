import {
  apply,
  boot,
  type FunctionImage,
  type LivepatchImage,
  type Machine,
  type ObjectImage,
  type Operation,
  type Outcome,
  type TargetImage,
} from '../../shared/kernel/index.ts'

/** All four callbacks, pre_patch succeeding. */
export const CALLBACKS = { pre_patch: 0, post_patch: true, pre_unpatch: true, post_unpatch: true } as const

export const func = (name: string, more: Partial<FunctionImage> = {}): FunctionImage => ({ name, sympos: '0', ...more })

export const object = (
  name: string | null,
  functions: readonly (string | FunctionImage)[],
  more: Partial<ObjectImage> = {},
): ObjectImage => ({
  name,
  functions: functions.map(one => (typeof one === 'string' ? func(one) : one)),
  callbacks: CALLBACKS,
  ...more,
})

export const livepatch = (name: string, objects: readonly ObjectImage[], more: Partial<LivepatchImage> = {}): LivepatchImage => ({
  kind: 'livepatch',
  name,
  replace: false,
  states: [],
  objects,
  ...more,
})

/** A module with functions f0, f1 and one, `block`, that sleeps. */
export const target = (name: string, more: Partial<TargetImage> = {}): TargetImage => ({
  kind: 'target',
  name,
  symbols: new Map([
    ['f0', { occurrences: 1 }],
    ['f1', { occurrences: 1 }],
    ['twice', { occurrences: 2 }],
    ['hidden', { occurrences: 1, traceable: false }],
    ['block', { occurrences: 1, sleeps: 'uninterruptible' }],
    ['iblock', { occurrences: 1, sleeps: 'interruptible' }],
  ]),
  ...more,
})

export const load = (module: LivepatchImage | TargetImage): Operation => ({ op: 'load', module })
export const unload = (name: string): Operation => ({ op: 'unload', name })
export const disable = (patch: string): Operation => ({ op: 'enabled', patch, value: 0 })
export const enable = (patch: string): Operation => ({ op: 'enabled', patch, value: 1 })
export const force = (patch: string): Operation => ({ op: 'force', patch, value: 1 })
export const release = (name: string): Operation => ({ op: 'release', name })
export const wait = (seconds: number): Operation => ({ op: 'wait', milliseconds: seconds * 1000 })
export const call = (id: string, module: string | null, name: string): Operation => ({
  op: 'spawn',
  task: { id, object: module, function: name },
})

export const started = (release = '6.1.0-50-amd64'): Machine => boot({ release })

/** All operations one after the other; the outcome of each. */
export const outcomes = (machine: Machine, ...operations: readonly Operation[]): readonly Outcome[] => {
  const seen: Outcome[] = []
  for (const operation of operations) seen.push(apply(seen.at(-1)?.machine ?? machine, operation))
  return seen
}

/** The machine after all of them. */
export const machineAfter = (machine: Machine, ...operations: readonly Operation[]): Machine =>
  outcomes(machine, ...operations).at(-1)?.machine ?? machine

/** What the last of them answers. */
export const lastOf = (machine: Machine, ...operations: readonly Operation[]): Outcome => {
  const last = outcomes(machine, ...operations).at(-1)
  if (last === undefined) throw new RangeError('no operation')
  return last
}
