import { apply, type Operation } from '../apply.ts'
import { answerOf, ERRNO } from '../errno.ts'
import type { KernelEvent } from '../event.ts'
import type { ModuleImage, Symbols } from '../image.ts'
import { implementationOf } from '../implementation.ts'
import { loadedModules, type SysfsPatch, sysfsTree } from '../klp/sysfs.ts'
import { boot, type Machine, ORIGINAL, objectName, type Task } from '../machine.ts'
import { moduleImage, type Scenario, type ScenarioStep } from './scenario.ts'
import { loadTime, unloadTime } from './scenario-time.ts'

/** What was seen after one step; `events` is what the log lines are made of. */
export type ObservedStep = {
  readonly rc: string
  readonly log: readonly string[]
  readonly patches: Readonly<Record<string, SysfsPatch>>
  readonly modules: Readonly<Record<string, string>>
  readonly calls?: Readonly<Record<string, string>>
  /** What a joined task read; null where it read a file of the kernel itself, whose text is not known here. */
  readonly read?: string | null
  readonly events: readonly KernelEvent[]
}

/** Files of the kernel itself that scenarios read, with the function that answers. */
const KERNEL_FILES: ReadonlyMap<string, string> = new Map([
  ['/proc/cmdline', 'cmdline_proc_show'],
  ['/proc/version', 'version_proc_show'],
  ['/proc/loadavg', 'loadavg_proc_show'],
  ['/proc/uptime', 'uptime_proc_show'],
  ['/proc/meminfo', 'meminfo_proc_show'],
  ['/proc/filesystems', 'filesystems_proc_show'],
  ['/proc/softirqs', 'show_softirqs'],
  ['/proc/stat', 'show_stat'],
  ['/fifo', 'fifo_open'],
])

type Place = { readonly object: string | null; readonly function: string; readonly position: string }

/** `t1:tgt_f0`, `t1:dup2`, `vmlinux:cmdline_proc_show`. */
const placeOf = (probe: string): Place => {
  const [object = '', name = ''] = probe.split(':')
  const [, which] = /^dup([12])$/.exec(name) ?? []
  return {
    object: object === 'vmlinux' ? null : object,
    function: which === undefined ? name : 'tgt_dup',
    position: which ?? '1',
  }
}

const placeOfPath = (path: string): Place => {
  const [, object = '', file = ''] = /^\/proc\/(\w+)\/(\w+)$/.exec(path) ?? []
  const kernels = KERNEL_FILES.get(path)
  if (kernels !== undefined) return { object: null, function: kernels, position: '1' }
  return placeOf(`${object}:${/^dup[12]$/.test(file) ? file : `tgt_${file}`}`)
}

type Run = { machine: Machine; readonly images: ReadonlyMap<string, ModuleImage>; readonly events: KernelEvent[] }

const act = (run: Run, operation: Operation): string => {
  const { machine, result, events } = apply(run.machine, operation)
  run.machine = machine
  run.events.push(...events)
  return result
}

const pass = (run: Run, milliseconds: number): void => {
  act(run, { op: 'wait', milliseconds })
}

/** Steps start 0.3 s after a whole second, so that the number of retries in a step does not depend on how fast it is. */
const AFTER_SECOND_MS = 300

const align = (run: Run, seconds: number): void => {
  const now = run.machine.clockMs
  const due = now - (now % 1000) + seconds * 1000 + AFTER_SECOND_MS
  pass(run, (due <= now ? due + 1000 : due) - now)
}

const SETTLING_MS = 30
/** Between the end of a step and the beginning of the next one. */
const TURNAROUND_MS = 15

const settleFor = (run: Run, milliseconds: number): void => {
  pass(run, SETTLING_MS)
  for (let left = milliseconds; left > 0 && run.machine.transition !== null; left -= 2000) align(run, 2)
}

/** A module whose init failed or was refused has no files. */
const hasFiles = ({ machine }: Run, { object }: Place): boolean => {
  const image = object === null ? undefined : machine.modules.get(object)?.image
  return object === null || (image?.kind === 'target' && (image.initResult ?? 0) === 0)
}

const spawn = (run: Run, step: Extract<ScenarioStep, { op: 'spawn' }>): string => {
  const place = step.path === undefined ? placeOf(step.func ?? '') : placeOfPath(step.path)
  const object = hasFiles(run, place) ? place.object : ' no such file'
  return act(run, { op: 'spawn', task: { id: step.id, object, function: place.function, position: place.position } })
}

/** What the replacement returns instead of text, if it does. */
const returnedBy = ({ images }: Run, by: string, object: string | null, name: string): number | undefined => {
  const image = images.get(by)
  if (image?.kind !== 'livepatch') return undefined
  return image.objects.find(other => other.name === object)?.functions.find(other => other.name === name)?.returns
}

/** What the target's own function writes; the two called `tgt_dup` number themselves. */
const originalText = (object: string, name: string, key: string): string =>
  `${object} original: ${name === 'tgt_dup' ? key.replace(',', '#') : name}\n`

/** What a joined task had read. */
const textOf = (run: Run, { end }: Task): string | null => {
  if (end === null || 'killed' in end) return ''
  if ('error' in end) return `errno ${Object.entries(ERRNO).find(([name]) => name === end.error)?.[1] ?? end.error}`
  if (returnedBy(run, end.by, end.object, end.function) !== undefined) return ''
  if (end.by !== ORIGINAL) return `${end.by}: ${end.function}\n`
  return end.object === null ? null : originalText(end.object, end.function, end.key)
}

const taskOf = ({ machine }: Run, id: string): Task | undefined => machine.tasks.find(task => task.id === id)

/** Waits for the end of a task, at most that long. */
const join = (run: Run, id: string, milliseconds: number): { rc: string; read?: string | null } => {
  if (taskOf(run, id)?.end === null) pass(run, milliseconds)
  const task = taskOf(run, id)
  const rc = act(run, { op: 'reap', task: id })
  return rc === 'OK' && task !== undefined ? { rc, read: textOf(run, task) } : { rc }
}

const STARTS_ALIGNED: readonly string[] = ['load', 'enabled', 'force', 'release', 'write', 'shadow', 'ftrace_enabled']

const load = (run: Run, name: string): string => {
  const module = run.images.get(name)
  if (module === undefined) return 'ENOEXEC'
  pass(run, loadTime(run.machine, module))
  return act(run, { op: 'load', module })
}

const unload = (run: Run, name: string): string => {
  const milliseconds = unloadTime(run.machine, name)
  const rc = act(run, { op: 'unload', name })
  pass(run, milliseconds)
  return rc
}

/** The value is a number as C writes it (lib/kstrtox.c: kstrtoint). */
const release = (run: Run, name: string, value: string | number): string => {
  if (!run.machine.modules.has(name)) return 'ENOENT'
  const word = `${value}`.trim()
  if (!/^[+-]?(0[xX][0-9a-fA-F]+|[0-9]+)$/.test(word)) return 'EINVAL'
  return act(run, { op: 'release', name, released: !/^[+-]?(0[xX])?0+$/.test(word) })
}

/** SIGUSR1, which the tasks of a scenario handle. */
const HANDLED_SIGNAL = 10
/** SIGCHLD, SIGCONT, SIGURG and SIGWINCH do nothing unless they are handled. */
const IGNORED_SIGNALS: readonly number[] = [17, 18, 23, 28]

const signal = (run: Run, task: string, number: number): string => {
  if (IGNORED_SIGNALS.includes(number)) return taskOf(run, task) === undefined ? 'ESRCH' : 'OK'
  return act(run, { op: 'signal', task, deadly: number !== HANDLED_SIGNAL })
}

const shadow = (run: Run, { call, object, id, data, constructed, destructor }: Extract<ScenarioStep, { op: 'shadow' }>): string => {
  if (![...run.images.values()].some(({ name }) => name === 'klpshadow' && run.machine.modules.has(name))) return 'ENOENT'
  const common = { op: 'shadow', object: `${object}`, id: `${id}`, data: `${data}`, destructor } as const
  return act(run, { ...common, call, ...(constructed !== undefined && { constructed }) })
}

const perform = (run: Run, step: ScenarioStep): { rc: string; read?: string | null } => {
  switch (step.op) {
    case 'load':
      return { rc: load(run, step.module) }
    case 'unload':
      return { rc: unload(run, step.module) }
    case 'enabled':
    case 'force':
      return { rc: act(run, { op: step.op, patch: step.patch, value: step.value }) }
    case 'release':
      return { rc: release(run, step.module, step.value) }
    case 'spawn':
      return { rc: spawn(run, step) }
    case 'write':
      return { rc: act(run, { op: 'write', path: step.path, value: `${step.value}` }) }
    case 'ftrace_enabled':
      return { rc: act(run, { op: 'ftrace_enabled', value: step.value === 1 }) }
    case 'shadow':
      return { rc: shadow(run, step) }
    case 'signal':
      return { rc: signal(run, step.id, step.signal) }
    case 'join':
      return join(run, step.id, step.ms)
    case 'wait':
      return { rc: act(run, { op: 'wait', milliseconds: step.ms }) }
  }
}

/** The lines that the callbacks of a scenario's livepatches print: who, what, where, and what they see of their states. */
const callbackLines = (event: Extract<KernelEvent, { kind: 'callback' }>): string[] => {
  const { livepatch, callback, object, module, states } = event
  const first = `klpgen: ${livepatch} ${callback} ${objectName(object)} ${module}`
  if (object !== null) return [first]
  const seen = states.map(
    ({ id, version, previous }) => `klpgen: ${livepatch} ${callback} state ${id} version ${version} prev ${previous ?? 'none 0'}`,
  )
  return [first, ...seen]
}

/** Lines of other parts of the kernel (tainting, stack dumps) are not part of a recording. */
const RECORDED_LINE = /^(livepatch|module|ftrace|kobject|sysfs): |^kobject_add_internal failed/

const isTarget = ({ modules }: Scenario, name: string): boolean => modules.some(module => module.name === name && module.kind === 'target')

const linesOf = (scenario: Scenario, event: KernelEvent): readonly string[] => {
  switch (event.kind) {
    case 'callback':
      return callbackLines(event)
    case 'init':
    case 'exit':
      return isTarget(scenario, event.module) ? [`klptgt: ${event.module} ${event.kind}`] : []
    case 'constructor':
    case 'destructor':
      return [`klpgen: shadow ${event.kind} ${event.object}`]
    case 'shadow':
      return [`klpgen: shadow ${event.call} ${event.object} ${event.id} -> ${event.data ?? 'null'}`]
    case 'message':
      if (event.message === 'signaling' && !scenario.signals) return []
      return RECORDED_LINE.test(event.text) && event.message !== 'tainting' ? [event.text] : []
  }
}

/** A replacement that answers with an error shows it; one that answers with nothing looks like the original. */
const probeCall = (run: Run, probe: string): string => {
  const place = placeOf(probe)
  if (!hasFiles(run, place)) return 'ENOENT'
  const by = implementationOf(run.machine, place.object, place.function, { sympos: place.position })
  const returns = returnedBy(run, by, place.object, place.function)
  return returns === undefined ? by : returns < 0 ? answerOf(returns) : ORIGINAL
}

const observe = (scenario: Scenario, run: Run, step: ScenarioStep, done: { rc: string; read?: string | null }): ObservedStep => {
  const probes = step.probe ?? scenario.probe ?? []
  const events = run.events.splice(0)
  return {
    ...done,
    log: events.flatMap(event => linesOf(scenario, event)),
    patches: sysfsTree(run.machine),
    modules: loadedModules(run.machine),
    ...(probes.length > 0 && { calls: Object.fromEntries(probes.map(probe => [probe, probeCall(run, probe)])) }),
    events,
  }
}

const runStep = (scenario: Scenario, run: Run, step: ScenarioStep): ObservedStep => {
  const settling = step.op === 'wait' ? 0 : (step.settle ?? scenario.settle)
  if (settling > 0 && STARTS_ALIGNED.includes(step.op)) align(run, 0)
  const done = perform(run, step)
  if (settling > 0) settleFor(run, settling)
  else pass(run, 5)
  const observed = observe(scenario, run, step, done)
  pass(run, TURNAROUND_MS)
  return observed
}

/**
 * Runs a scenario on a machine that has just booted. `release` picks the rule set; `symbols` are the functions of vmlinux, without
 * which every function is taken to exist.
 */
export const runScenario = (
  scenario: Scenario,
  { release, symbols }: { readonly release: string; readonly symbols?: Symbols },
): readonly ObservedStep[] => {
  const images = new Map(scenario.modules.map(module => [module.name, moduleImage(module)] as const))
  const run: Run = { machine: boot({ release, ...(symbols !== undefined && { symbols }) }), images, events: [] }
  return scenario.steps.map(step => runStep(scenario, run, step))
}
