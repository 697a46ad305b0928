import { answerOf, ERRNO, failure } from '../errno.ts'
import type { KernelEvent } from '../event.ts'
import type { ModuleImage } from '../image.ts'
import { functionKey, reach } from '../klp/function-stack.ts'
import { loadedModules, type SysfsPatch, sysfsTree } from '../klp/sysfs.ts'
import { type Machine, ORIGINAL, objectName, type Task, targetOf } from '../machine.ts'
import { hasFiles, type Place, placeOf } from './places.ts'
import { isTooLarge, type Scenario, type ScenarioStep } from './scenario.ts'

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

export type Images = ReadonlyMap<string, ModuleImage>

/** What the replacement returns instead of text, if it does. */
const returnedBy = (images: Images, by: string, object: string | null, name: string): number | undefined => {
  const image = images.get(by)
  if (image?.kind !== 'livepatch') return undefined
  return image.objects.find(other => other.name === object)?.functions.find(other => other.name === name)?.returns
}

/** What the target's own function writes; the two called `tgt_dup` number themselves. */
const originalText = (object: string, name: string, key: string): string =>
  `${object} original: ${name === 'tgt_dup' ? key.replace(',', '#') : name}\n`

/** What a joined task had read. */
export const textOf = (images: Images, { end }: Task): string | null => {
  if (end === null || 'killed' in end) return ''
  if ('error' in end) return `errno ${Object.entries(ERRNO).find(([name]) => name === end.error)?.[1] ?? end.error}`
  if (returnedBy(images, end.by, end.object, end.function) !== undefined) return ''
  if (end.by !== ORIGINAL) return `${end.by}: ${end.function}\n`
  return end.object === null ? null : originalText(end.object, end.function, end.key)
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

/** Targets tell of their init and exit, livepatches only of an init that fails by itself. */
const moduleLines = ({ modules }: Scenario, { kind, module: name }: Extract<KernelEvent, { kind: 'init' | 'exit' }>): string[] => {
  const module = modules.find(other => other.name === name)
  if (module?.kind === 'target') return [`klptgt: ${name} ${kind}`]
  return module !== undefined && isTooLarge(module) && kind === 'init' ? [`klpgen: bad spec (${failure('E2BIG')})`] : []
}

const NO_LINES: readonly string[] = []

const linesOf = (scenario: Scenario, event: KernelEvent): readonly string[] => {
  switch (event.kind) {
    case 'callback':
      return callbackLines(event)
    case 'init':
    case 'exit':
      return moduleLines(scenario, event)
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

type Probe = Place & { readonly key: string }

/** Scenarios ask for the same calls after each step. */
const probeReader = () => {
  const known = new Map<string, Probe>()
  return (probe: string): Probe => {
    const found = known.get(probe)
    if (found !== undefined) return found
    const place = placeOf(probe)
    const read = { ...place, key: functionKey(place.function, place.position) }
    known.set(probe, read)
    return read
  }
}

/** Which code a call reaches. A replacement that answers with an error shows it; one that answers with nothing looks like the original. */
const probeCall = (machine: Machine, probe: Probe): string => {
  if (!hasFiles(machine, probe)) return 'ENOENT'
  const { by, func } = reach(machine, probe.object, probe.key, targetOf(machine))
  const returns = func?.returns
  return returns === undefined ? by : returns < 0 ? answerOf(returns) : ORIGINAL
}

/** What can be seen of a machine's state. Each part is worked out again only where the machine has changed. */
type View = Pick<ObservedStep, 'patches' | 'modules'> & {
  readonly machine: Machine
  readonly probes: readonly string[]
  readonly calls: Readonly<Record<string, string>>
}

const isSameList = (a: readonly string[], b: readonly string[]): boolean =>
  a === b || (a.length === b.length && a.every((x, i) => x === b[i]))

const viewOf = (machine: Machine, probes: readonly string[], read: ReturnType<typeof probeReader>, last: View | null): View => {
  const modulesStay = last?.machine.modules === machine.modules
  const patchesStay = last?.machine.patches === machine.patches && last.machine.transition?.direction === machine.transition?.direction
  const callsStay = last !== null && modulesStay && patchesStay && isSameList(last.probes, probes)
  return {
    machine,
    probes,
    patches: patchesStay ? last.patches : sysfsTree(machine),
    modules: modulesStay ? last.modules : loadedModules(machine),
    calls: callsStay ? last.calls : Object.fromEntries(probes.map(probe => [probe, probeCall(machine, read(probe))])),
  }
}

export type Done = { readonly rc: string; readonly read?: string | null }

/** Observes one step after the other. */
export const observer = (scenario: Scenario) => {
  const read = probeReader()
  let last: View | null = null
  return (machine: Machine, step: ScenarioStep, done: Done, events: readonly KernelEvent[]): ObservedStep => {
    const probes = step.probe ?? scenario.probe ?? []
    last = viewOf(machine, probes, read, last)
    const { patches, modules, calls } = last
    const log = events.length === 0 ? NO_LINES : events.flatMap(event => linesOf(scenario, event))
    if (probes.length === 0) return { ...done, log, patches, modules, events }
    return { ...done, log, patches, modules, calls, events }
  }
}
