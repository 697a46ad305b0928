import { parse } from 'yaml'
import { type CaseResult, runPolicyCases } from '../../shared/policy/index.ts'
import { Failure } from '../failure.ts'
import { readText } from '../files.ts'
import { firstArgument, given, type Input, type Run } from '../input.ts'
import { policiesOf } from '../policy-files.ts'
import { messageOf } from '../system-error.ts'
import { printJson } from '../terminal/print.ts'
import { terminalText } from '../terminal/terminal-text.ts'

const casesIn = (input: Input): unknown => {
  const file = firstArgument(input)
  const text = readText(input.shell, file)
  try {
    return parse(text)
  } catch (error) {
    throw new Failure('refusedFile', `${file}: this is no YAML: ${messageOf(error)}`)
  }
}

const lineOf = ({ name, passed, got, by, reasons }: CaseResult): string => {
  if (passed) return `passed  ${name}`
  const why = [by.length > 0 ? `by ${by.join(', ')}` : '', ...reasons].filter(text => text !== '')
  return `FAILED  ${name}: got ${got}${why.length === 0 ? '' : `: ${why.join('; ')}`}`
}

export const run: Run = async input => {
  const { shell, json } = input
  const outcome = runPolicyCases(policiesOf(shell, given(input, 'policies')), casesIn(input))
  if (!outcome.ok) throw new Failure('refusedFile', `${firstArgument(input)}: these are no cases`, ...outcome.problems)
  const { results } = outcome
  const failed = results.filter(({ passed }) => !passed)
  if (json) printJson(shell, { results })
  else {
    for (const result of results) shell.out(`${terminalText(lineOf(result))}\n`)
    shell.err(`${results.length - failed.length} of ${results.length} cases passed\n`)
  }
  return failed.length === 0 ? undefined : 'failure'
}
