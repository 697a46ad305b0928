import { type Operation, operate } from '../apply.ts'
import type { KernelEvent } from '../event.ts'
import type { Symbols } from '../image.ts'
import { boot, type Machine, type Task } from '../machine.ts'
import { type Done, type Images, type ObservedStep, observer, textOf } from './observe.ts'
import { hasFiles, placeOf, placeOfPath } from './places.ts'
import { moduleImage, type Scenario, type ScenarioStep } from './scenario.ts'
import { loadTime, unloadTime } from './scenario-time.ts'

type Run = { machine: Machine; readonly images: Images; events: readonly KernelEvent[] }

const act = (run: Run, operation: Operation): string => {
  const { machine, result, events } = operate(run.machine, operation)
  run.machine = machine
  run.events = [...run.events, ...events]
  return result
}

/** Time passes; as long as no retry is due only the clock moves. */
const pass = (run: Run, milliseconds: number): void => {
  const { retryAtMs, clockMs } = run.machine
  if (retryAtMs !== null && retryAtMs <= clockMs + milliseconds) act(run, { op: 'wait', milliseconds })
  else if (milliseconds > 0) run.machine = { ...run.machine, clockMs: clockMs + milliseconds }
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

const spawn = (run: Run, step: Extract<ScenarioStep, { op: 'spawn' }>): string => {
  const place = step.path === undefined ? placeOf(step.func ?? '') : placeOfPath(step.path)
  const object = hasFiles(run.machine, place) ? place.object : ' no such file'
  return act(run, { op: 'spawn', task: { id: step.id, object, function: place.function, position: place.position } })
}

const taskOf = ({ machine }: Run, id: string): Task | undefined => machine.tasks.find(task => task.id === id)

/** Waits for the end of a task, at most that long. */
const join = (run: Run, id: string, milliseconds: number): Done => {
  if (taskOf(run, id)?.end === null) pass(run, milliseconds)
  const task = taskOf(run, id)
  const rc = act(run, { op: 'reap', task: id })
  return rc === 'OK' && task !== undefined ? { rc, read: textOf(run.images, task) } : { rc }
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

/** The value is a number as C writes it (lib/kstrtox.c: kstrtoint); an empty write never arrives. */
const release = (run: Run, name: string, value: string): string => {
  if (!run.machine.modules.has(name)) return 'ENOENT'
  if (value === '') return 'OK'
  const word = value.trim()
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

const perform = (run: Run, step: ScenarioStep): Done => {
  switch (step.op) {
    case 'load':
      return { rc: load(run, step.module) }
    case 'unload':
      return { rc: unload(run, step.module) }
    case 'enabled':
    case 'force':
      return { rc: act(run, { op: step.op, patch: step.patch, value: `${step.value}` }) }
    case 'release':
      return { rc: release(run, step.module, `${step.value}`) }
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

const runStep = (scenario: Scenario, run: Run, step: ScenarioStep, observe: ReturnType<typeof observer>): ObservedStep => {
  const settling = step.op === 'wait' ? 0 : (step.settle ?? scenario.settle)
  if (settling > 0 && STARTS_ALIGNED.includes(step.op)) align(run, 0)
  const done = perform(run, step)
  if (settling > 0) settleFor(run, settling)
  else pass(run, 5)
  const observed = observe(run.machine, step, done, run.events)
  run.events = []
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
  const observe = observer(scenario)
  return scenario.steps.map(step => runStep(scenario, run, step, observe))
}
