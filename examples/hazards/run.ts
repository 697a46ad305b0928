// The hazards of the kernel's documentation, on the simulation core:
//   node bootstrap.cjs examples/hazards/run.ts           what there is
//   node bootstrap.cjs examples/hazards/run.ts NAME      one of them
import { apply, imageOf, machineOf } from '../../shared/kernel/index.ts'
import { judgeChange } from '../../shared/verdict/index.ts'
import { type Hazard, stackOf } from './hazard.ts'
import { HAZARDS } from './hazards.ts'

const say = (line = ''): void => {
  process.stdout.write(`${line}\n`)
}

const listed = (names: readonly string[]): string => names.join(', ') || 'none'

const show = (name: string, hazard: Hazard): void => {
  const { running, next } = hazard
  const known = new Map([...running, next].map(manifest => [manifest.name, manifest]))
  const images = new Map(running.map(manifest => [manifest.name, imageOf(manifest)]))
  const outcome = apply(machineOf(stackOf(hazard), images).machine, { op: 'load', module: imageOf(next) })
  const verdict = judgeChange({ livepatch: next, cohorts: [{ stack: stackOf(hazard), hosts: 1 }], known })
  const [cohort] = verdict.cohorts
  say(`${name}: ${hazard.title}`)
  say(`  ${hazard.documented}`)
  say()
  say(`What the kernel does with insmod ${next.name}.ko, where ${listed(running.map(manifest => manifest.name))} runs: ${outcome.result}`)
  for (const line of outcome.log) say(`  ${line}`)
  say(`Callbacks that run:     ${listed(cohort?.callbacks.run ?? [])}`)
  say(`Callbacks that do not:  ${listed(cohort?.callbacks.skipped ?? [])}`)
  say()
  say(`What Supersede says beforehand: ${verdict.outcome}`)
  for (const { severity, code, message, remedy } of verdict.findings) {
    say(`  ${severity} ${code} (docs/findings/${code}.md)`)
    say(`    ${message}`)
    say(`    ${remedy}`)
  }
}

const [name] = process.argv.slice(2)
const hazard = name === undefined ? undefined : HAZARDS[name]
if (name !== undefined && hazard) show(name, hazard)
else {
  for (const [id, { title }] of Object.entries(HAZARDS)) say(`${id.padEnd(22)}${title}`)
  process.exitCode = name === undefined ? 0 : 2
}
