import { aboutMessage, type ObservedStep, ruleSetFor, runScenario, Scenario, type ScenarioStep } from '../../shared/kernel/index.ts'
import { Failure } from '../failure.ts'
import { readText } from '../files.ts'
import { firstArgument, given, type Input, isSet, type Run } from '../input.ts'
import type { Shell } from '../shell.ts'
import { symbolsGiven } from '../symbols-given.ts'
import { messageOf } from '../system-error.ts'
import { printJson } from '../terminal/print.ts'
import { paint } from '../terminal/style.ts'
import { terminalText } from '../terminal/terminal-text.ts'

const DEFAULT_KERNEL = '6.1'

/** A file holds one scenario, an array of them, or one a line. */
const valuesOf = (file: string, text: string): readonly unknown[] => {
  try {
    const whole: unknown = JSON.parse(text)
    return Array.isArray(whole) ? whole : [whole]
  } catch {
    return text.split('\n').flatMap((line, index): unknown[] => {
      if (line.trim() === '') return []
      try {
        return [JSON.parse(line)]
      } catch (error) {
        throw new Failure('failure', `${file}:${index + 1}: this is no JSON: ${messageOf(error)}`)
      }
    })
  }
}

const scenariosOf = (file: string, text: string): readonly Scenario[] =>
  valuesOf(file, text).map((value, index) => {
    const parsed = Scenario.safeParse(value)
    if (parsed.success) return parsed.data
    const [issue] = parsed.error.issues
    throw new Failure('failure', `${file}: scenario ${index + 1}: ${issue?.path.join('.')}: ${issue?.message}`)
  })

const stepText = ({ op, ...rest }: ScenarioStep): string =>
  [op, ...Object.entries(rest).flatMap(([name, value]) => (name === 'probe' || name === 'settle' ? [] : [String(value)]))].join(' ')

const sysfsText = (patches: ObservedStep['patches']): readonly string[] =>
  Object.entries(patches).map(
    ([name, { enabled, transition }]) => `/sys/kernel/livepatch/${name}: enabled ${enabled}, transition ${transition}`,
  )

const explained = (events: ObservedStep['events'], line: string): string => {
  const event = events.find(candidate => candidate.kind === 'message' && candidate.text === line)
  if (event?.kind !== 'message') return ''
  const { source, why } = aboutMessage(event.message)
  return `${why} (${source})`
}

const printStep = (shell: Shell, step: ScenarioStep, seen: ObservedStep, explain: boolean): void => {
  const result = seen.rc === 'OK' ? paint(shell, 'green', 'OK') : paint(shell, 'red', terminalText(seen.rc))
  shell.out(`\n${paint(shell, 'bold', `$ ${terminalText(stepText(step))}`)}  ${result}\n`)
  for (const line of seen.log) {
    shell.out(`  ${terminalText(line)}\n`)
    const why = explain ? explained(seen.events, line) : ''
    if (why !== '') shell.out(`      ${paint(shell, 'dim', why)}\n`)
  }
  for (const line of sysfsText(seen.patches)) shell.out(`  ${terminalText(line)}\n`)
  for (const [probe, answer] of Object.entries(seen.calls ?? {})) shell.out(`  ${terminalText(`${probe} runs ${String(answer)}`)}\n`)
}

const runAll = async (
  input: Input,
): Promise<readonly { readonly scenario: Scenario; readonly kernel: string; readonly steps: readonly ObservedStep[] }[]> => {
  const file = firstArgument(input)
  const symbols = await symbolsGiven(input)
  return scenariosOf(file, readText(input.shell, file)).map(scenario => {
    const kernel = given(input, 'kernel') ?? scenario.kernel ?? DEFAULT_KERNEL
    if (!/^\d+\.\d+/.test(kernel))
      throw new Failure('usage', `${kernel} is no kernel release`, 'for example --kernel 6.1 or --kernel 6.12.0-amd64')
    return { scenario, kernel, steps: runScenario(scenario, { release: kernel, ...(symbols && { symbols }) }) }
  })
}

export const run: Run = async input => {
  const results = await runAll(input)
  if (input.json) {
    const answers = results.map(({ scenario, kernel, steps }) => ({
      name: scenario.name,
      kernel,
      steps: steps.map(({ events: _, ...seen }, index) => ({ ...scenario.steps[index], ...seen })),
    }))
    printJson(input.shell, answers.length === 1 ? answers[0] : answers)
    return undefined
  }
  for (const { scenario, kernel, steps } of results) {
    const { rules, recorded } = ruleSetFor(kernel)
    const basis = recorded ? 'recorded on a real kernel' : 'from source, not recorded on a real kernel'
    input.shell.out(
      `${paint(input.shell, 'bold', terminalText(scenario.name))} on Linux ${terminalText(kernel)} (rules ${rules.name}, ${basis})\n`,
    )
    scenario.steps.forEach((step, index) => {
      const seen = steps[index]
      if (seen !== undefined) printStep(input.shell, step, seen, isSet(input, 'explain'))
    })
  }
  return undefined
}
