import * as z from 'zod'
import {
  apply,
  boot,
  explain,
  imageOf,
  type Machine,
  machineOf,
  type Operation,
  type Outcome,
  Stack,
  type Symbols,
  stackOf,
  sysfsTree,
  withTracing,
} from '../shared/kernel/index.ts'
import { Manifest } from '../shared/livepatch/index.ts'
import type { Kernel, KernelAnswer, Observation } from './kernel.ts'
import type { TransitionFacts } from './transition-tasks.ts'

/** A simulated machine as JSON: its stack and the livepatches that it has seen. */
export const SavedMachine = z.object({
  schema: z.literal('supersede.simulated-machine/1'),
  bootId: z.string(),
  stack: Stack,
  manifests: z.array(Manifest),
})
export type SavedMachine = z.infer<typeof SavedMachine>

export type SimulatedKernel = Kernel & {
  /** For a later `saved`. Tasks are not kept: a transition that is open then waits for a task that nobody knows. */
  save(): SavedMachine
  /** Does anything else to the machine: loads a driver, starts a task that sleeps in a function, lets time pass. */
  apply(operation: Operation): Outcome
  machine(): Machine
}

export type SimulatedKernelOptions = {
  /** `uname -r`. */
  readonly release: string
  readonly bootId: string
  /** Loaded at boot, in this order; a refusal throws, because the scene is then not what its author meant. */
  readonly preload?: readonly Manifest[]
  /** Modules that livepatches may patch, loaded before `preload`. */
  readonly targets?: readonly string[]
  /** Functions of vmlinux; left out: all that are named are taken to be there, and no task sleeps in one. */
  readonly symbols?: Symbols
  /** Who traces it, as the host tells; a simulated machine is traced by nobody, and does not look, unless this says so. */
  readonly tracing?: Stack['tracing']
  /** Goes on from here; `release`, `preload` and `targets` are then not looked at. */
  readonly saved?: SavedMachine | null
}

type Scene = {
  readonly machine: Machine
  readonly bootId: string
  readonly tracing: Stack['tracing']
  readonly manifests: ReadonlyMap<string, Manifest>
}

const performed = (machine: Machine, operation: Operation): Machine => {
  const outcome = apply(machine, operation)
  if (outcome.result !== 'OK') throw new Error(`the simulated machine refuses ${operation.op} with ${outcome.result}`)
  return outcome.machine
}

const fresh = ({ release, bootId, preload = [], targets = [], tracing, symbols }: SimulatedKernelOptions): Scene => {
  const withTargets = targets.reduce(
    (machine, name) => performed(machine, { op: 'load', module: { kind: 'target', name } }),
    boot({ release, ...(symbols && { symbols }) }),
  )
  const machine = preload.reduce((before, manifest) => performed(before, { op: 'load', module: imageOf(manifest) }), withTargets)
  return { machine: withTracing(machine, tracing), bootId, tracing, manifests: new Map(preload.map(manifest => [manifest.name, manifest])) }
}

const restored = ({ stack, bootId, manifests }: SavedMachine): Scene => {
  const images = new Map(manifests.map(manifest => [manifest.name, imageOf(manifest)]))
  return {
    machine: machineOf(stack, images).machine,
    bootId,
    tracing: stack.tracing,
    manifests: new Map(manifests.map(manifest => [manifest.name, manifest])),
  }
}

const patchedOf = (machine: Machine): Observation['patched'] =>
  Object.fromEntries(
    Object.entries(sysfsTree(machine)).map(([name, { objects }]) => [
      name,
      Object.fromEntries(Object.entries(objects).map(([object, { patched }]) => [object, patched === undefined ? null : patched === '1'])),
    ]),
  )

/** The same account of an open transition as a real machine gives. */
const transitionOf = (machine: Machine): TransitionFacts | null => {
  const explained = explain(machine)
  if (explained === null) return null
  const { livepatch, direction, blockers } = explained
  const tasks = blockers.slice(0, 16).map(({ task, kthread, frames, because }) => ({
    pid: null,
    name: (task ?? 'every task').slice(0, 64),
    kthread,
    state: null,
    functions: [...new Set(frames.map(frame => `${frame.object}:${frame.function}`.slice(0, 160)))].slice(0, 8),
    stack: frames.length === 0 ? [because.slice(0, 160)] : [],
  }))
  return { livepatch, direction, waiting: blockers.length, tasks, log: [] }
}

/** The kernel of a simulated host: the simulation core, which keeps the digests of the modules that it was given. */
export const simulatedKernel = (options: SimulatedKernelOptions): SimulatedKernel => {
  let scene = options.saved ? restored(options.saved) : fresh(options)
  const stack = (): Stack => {
    const digests = new Map([...scene.manifests].map(([name, { digest }]) => [name, digest]))
    const { tracing } = scene
    return { ...stackOf(scene.machine, digests), ...(tracing && { tracing: { ...tracing, ftraceEnabled: scene.machine.ftraceEnabled } }) }
  }
  const perform = (operation: Operation): Outcome => {
    const outcome = apply(scene.machine, operation)
    scene = { ...scene, machine: outcome.machine }
    return outcome
  }
  const answer = ({ result, log }: Outcome): KernelAnswer => ({ result, detail: log.join('\n') })
  return {
    observe: async () => ({ bootId: scene.bootId, stack: stack(), patched: patchedOf(scene.machine) }),
    explain: async () => transitionOf(scene.machine),
    known: async () => [...scene.manifests.values()],
    load: async ({ name, manifest }) => {
      if (!manifest) return { result: 'ENOEXEC', detail: `what ${name} patches cannot be read from its file, so it cannot be simulated` }
      const outcome = perform({ op: 'load', module: imageOf(manifest) })
      if (outcome.result === 'OK') scene = { ...scene, manifests: new Map(scene.manifests).set(manifest.name, manifest) }
      return answer(outcome)
    },
    force: async name => answer(perform({ op: 'force', patch: name, value: 1 })),
    disable: async name => answer(perform({ op: 'enabled', patch: name, value: '0' })),
    remove: async name => answer(perform({ op: 'unload', name })),
    save: () => ({
      schema: 'supersede.simulated-machine/1',
      bootId: scene.bootId,
      stack: stack(),
      manifests: [...scene.manifests.values()],
    }),
    apply: perform,
    machine: () => scene.machine,
  }
}
