import { createHash } from 'node:crypto'
import { type ObservedStep, Scenario, type Stack } from '../../shared/kernel/index.ts'
import { CALLBACK_KINDS, Digest, type Manifest } from '../../shared/livepatch/index.ts'
import { judgeChange, type Verdict } from '../../shared/verdict/index.ts'
import type { Example } from './example.ts'

type Module = Scenario['modules'][number]
type Livepatch = Exclude<Module, { readonly kind: 'target' | 'caller' | 'probe' }>

const isLivepatch = (module: Module): module is Livepatch => 'objects' in module

/** Functions that are called after each step, to see whose code answers. */
export const PROBE: readonly string[] = ['vmlinux:cmdline_proc_show', 'vmlinux:version_proc_show']

export const scenarioOf = (name: string, { modules, steps }: Example): Scenario =>
  Scenario.parse({ name, modules, steps, probe: [...PROBE] })

const manifestOf = (module: Livepatch, kernelRelease: string, facts: Partial<Manifest> = {}): Manifest => ({
  schema: 'supersede.manifest/1',
  digest: Digest.parse(createHash('sha256').update(module.name).digest('hex')),
  size: 1,
  name: module.name,
  series: 'documentation',
  version: '1',
  kernelRelease,
  arch: 'x86_64',
  replace: module.replace,
  objects: module.objects.map(({ name, funcs, callbacks }) => ({
    name: name ?? null,
    functions: funcs.map(func => ({ name: func.name, sympos: String(func.sympos ?? 0) })),
    callbacks: Object.fromEntries(CALLBACK_KINDS.filter(kind => callbacks[kind] !== undefined).map(kind => [kind, kind])),
  })),
  states: module.states.map(({ id, version }) => ({ id: String(id), version })),
  shadowImports: [],
  fixes: [],
  adopts: [],
  license: 'GPL',
  srcversion: null,
  depends: [],
  signature: { present: true, signer: 'documentation' },
  stated: [],
  ...facts,
})

const tracerOf = ({ symbol, post }: Extract<Module, { readonly kind: 'probe' }>) => ({
  object: null,
  function: symbol,
  kind: 'kprobe' as const,
  exclusive: post !== undefined,
})

type Seen = Pick<ObservedStep, 'patches' | 'modules' | 'rc'>

/** What a host would report after these steps. */
const stackAfter = (scenario: Scenario, seen: readonly Seen[], known: ReadonlyMap<string, Manifest>, kernelRelease: string): Stack => {
  const { patches = {}, modules = {} } = seen.at(-1) ?? {}
  const done = scenario.steps.slice(0, seen.length)
  const order = done.flatMap((step, index) => (step.op === 'load' && seen[index]?.rc === 'OK' ? [step.module] : []))
  const listed = [...new Set(order.toReversed())].toReversed().filter(name => patches[name])
  const digest = (name: string): string | null => known.get(name)?.digest ?? null
  const resident = Object.entries(modules).filter(([name]) => known.has(name) && !patches[name])
  const switched = done.findLast(step => step.op === 'ftrace_enabled')
  const tracers = scenario.modules.flatMap(module =>
    module.kind === 'probe' && modules[module.name] !== undefined ? [tracerOf(module)] : [],
  )
  const ftraceEnabled = switched?.op !== 'ftrace_enabled' || switched.value === 1
  return {
    kernelRelease,
    livepatches: listed.map(name => ({
      name,
      digest: digest(name),
      enabled: patches[name]?.enabled === '1',
      transition: patches[name]?.transition === '1',
    })),
    resident: resident.map(([name, refcnt]) => ({ name, digest: digest(name), refcnt: Number(refcnt) })),
    targets: Object.keys(modules)
      .filter(name => !known.has(name))
      .sort(),
    forced: resident.some(([, refcnt]) => refcnt !== '0'),
    tracing: { ftraceEnabled, tracers },
  }
}

/** What Supersede says before the livepatch of that step is loaded, on the stack to which the earlier steps led. */
export const foresee = (example: Example, step: number, seen: readonly Seen[], kernelRelease: string): Verdict => {
  const scenario = scenarioOf('example', example)
  const livepatches = scenario.modules.filter(isLivepatch)
  const known = new Map(livepatches.map(module => [module.name, manifestOf(module, kernelRelease, example.facts?.[module.name])]))
  const loaded = scenario.steps[step]
  const livepatch = loaded?.op === 'load' ? known.get(loaded.module) : undefined
  if (!livepatch) throw new Error(`step ${step} loads no livepatch`)
  const stack = stackAfter(scenario, seen.slice(0, step), known, kernelRelease)
  return judgeChange({ livepatch, cohorts: [{ stack, hosts: 1 }], known })
}
