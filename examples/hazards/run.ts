import { appendFileSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type ObservedStep, runScenario, type ScenarioStep } from '../../shared/kernel/index.ts'
import { explainDifference } from '../../test/conformance/difference.ts'
import { guestSymbols } from '../../test/conformance/guest.ts'
import { differencesOf, parseRecording, type RecordedStep } from '../../test/conformance/recording.ts'
import type { Example } from './example.ts'
import { EXAMPLES, PAGES } from './examples.ts'
import { foresee, PROBE, scenarioOf } from './foresee.ts'
import { KERNELS, type KernelName, runOnKernel } from './real-kernel.ts'

const USAGE = `usage: node bootstrap.cjs examples/hazards/run.ts [NAME] [--kernel 6.1|6.12|7.2] [--oracle DIR] [--record DIR]

Without a name it lists the examples. With one it runs that example on the simulation core and tells what Supersede says beforehand.
With --oracle (or SUPERSEDE_ORACLE) it runs it on the real kernel, too, prints both outcomes side by side and whether they agree; the
name "all" runs all of them. --record keeps the real runs as DIR/KERNEL.jsonl. Exit status: 0; 1 the two disagree; 2 wrong arguments.`

/** The release that the simulation is asked for where no real kernel says its own. */
const RELEASES: Readonly<Record<KernelName, string>> = {
  '6.1': '6.1.0-50-amd64',
  '6.12': '6.12.95+deb12-amd64',
  '7.2': '7.2.13+deb14-amd64',
}

const say = (line = ''): void => {
  process.stdout.write(`${line}\n`)
}

const listed = (names: readonly string[]): string => names.join(', ') || 'none'

const simulate = (name: string, example: Example, release: string): readonly ObservedStep[] =>
  runScenario(scenarioOf(name, example), { release, symbols: guestSymbols(release) })

const inWords = (step: ScenarioStep): string => {
  switch (step.op) {
    case 'load':
      return `insmod ${step.module}.ko`
    case 'unload':
      return `rmmod ${step.module}`
    case 'enabled':
    case 'force':
      return `echo ${step.value} > ${step.patch}/${step.op}`
    case 'ftrace_enabled':
      return `sysctl kernel.ftrace_enabled=${step.value}`
    case 'shadow':
      return `klp_shadow_${step.call} of object ${step.object}`
    case 'spawn':
      return `task ${step.id} calls ${step.func ?? step.path}`
    case 'join':
      return `task ${step.id} comes back`
    case 'release':
      return `what sleeps in ${step.module} goes on`
    case 'wait':
      return `${step.ms / 1000} s later`
    default:
      return step.op
  }
}

type Shown = Pick<RecordedStep, 'rc' | 'log'>

const showStep = (step: ScenarioStep, simulated: Shown, real: Shown | undefined): void => {
  const answers = real && real.rc !== simulated.rc ? `${simulated.rc}, and really ${real.rc}` : simulated.rc
  say(`  ${inWords(step)}: ${answers}`)
  for (const line of simulated.log) say(`    ${real && !real.log.includes(line) ? 'only simulated: ' : ''}${line}`)
  for (const line of real?.log ?? []) if (!simulated.log.includes(line)) say(`    only on the real kernel: ${line}`)
}

const showForeseen = (example: Example, simulated: readonly ObservedStep[], release: string): void => {
  if (!example.foreseen) return
  const { step } = example.foreseen
  const verdict = foresee(example, step, simulated, release)
  const [cohort] = verdict.cohorts
  const loaded = scenarioOf('example', example).steps[step]
  say()
  say(`What Supersede says before ${loaded ? inWords(loaded) : ''}: ${verdict.outcome}`)
  say(`  Callbacks that run:     ${listed(cohort?.callbacks.run ?? [])}`)
  say(`  Callbacks that do not:  ${listed(cohort?.callbacks.skipped ?? [])}`)
  for (const { severity, code, message, remedy } of verdict.findings) {
    say(`  ${severity} ${code} (docs/findings/${code}.md)`)
    say(`    ${message}`)
    say(`    ${remedy}`)
  }
}

/** Shows one example; `recorded` is what the real kernel did, null where none was asked. Whether the two agree. */
const show = (name: string, example: Example, release: string, recorded: string | null): boolean => {
  const recording = recorded === null ? null : parseRecording(recorded)
  const kernel = recording?.kernel ?? release
  const simulated = simulate(name, example, kernel)
  say(`${name}: ${example.title}`)
  say(`  ${example.documented}`)
  say()
  say(recording ? `On Linux ${kernel}, simulated and real:` : `On a simulated Linux ${kernel}:`)
  for (const [index, step] of scenarioOf(name, example).steps.entries())
    showStep(step, simulated[index] ?? { rc: '', log: [] }, recording?.steps[index])
  showForeseen(example, simulated, kernel)
  const differences = recording ? differencesOf(recording) : []
  if (recording) say(`\n${differences.length === 0 ? 'The two agree.' : `The two disagree: ${explainDifference(recording, differences)}`}`)
  return differences.length === 0
}

const list = (): void => {
  for (const [page, examples] of Object.entries(PAGES)) {
    say(page)
    for (const [id, { title }] of Object.entries(examples)) say(`  ${id.padEnd(26)}${title}`)
  }
}

const keep = (folder: string, kernel: KernelName, recordings: readonly string[]): void => {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `${kernel}.jsonl`)
  rmSync(file, { force: true })
  for (const text of recordings) appendFileSync(file, `${JSON.stringify(JSON.parse(text))}\n`)
}

const isKernel = (name: string): name is KernelName => KERNELS.some(kernel => kernel === name)

const wrong = (why: string): number => {
  process.stderr.write(`error: ${why}\n\n${USAGE}\n`)
  return 2
}

const main = (): number => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      kernel: { type: 'string', default: '6.1' },
      oracle: { type: 'string', default: process.env['SUPERSEDE_ORACLE'] ?? '' },
      record: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  const [name] = positionals
  const { kernel, oracle, record } = values
  const chosen = Object.entries(EXAMPLES).filter(([id]) => name === 'all' || name === id)
  if (values.help) {
    say(USAGE)
    return 0
  }
  if (!isKernel(kernel)) return wrong(`there is no kernel ${kernel} here, but ${KERNELS.join(', ')}`)
  if (name !== undefined && chosen.length === 0) return wrong(`there is no example ${name}; without a name they are listed`)
  if (name === undefined) {
    list()
    return 0
  }
  const scenarios = chosen.map(([id, { modules, steps }]) => ({ name: id, probe: PROBE, modules, steps }))
  const recordings = oracle === '' ? null : runOnKernel(oracle, kernel, scenarios)
  if (recordings && record !== undefined) keep(record, kernel, recordings)
  const agreed = chosen.map(([id, example], index) => {
    if (index > 0) say()
    return show(id, example, RELEASES[kernel], recordings?.[index] ?? null)
  })
  if (recordings && chosen.length > 1) say(`\n${agreed.filter(Boolean).length} of ${chosen.length} agree`)
  return agreed.every(Boolean) ? 0 : 1
}

process.exitCode = main()
