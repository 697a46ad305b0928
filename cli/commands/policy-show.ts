import { describePolicies } from '../../shared/policy/index.ts'
import { given, type Run } from '../input.ts'
import { printPolicies } from '../policies-in-words.ts'
import { policiesOf } from '../policy-files.ts'
import { printJson } from '../terminal/print.ts'

export const run: Run = async input => {
  const {
    shell,
    args: [fleet = ''],
    json,
  } = input
  const described = describePolicies(policiesOf(shell, given(input, 'policies')), fleet)
  if (json) printJson(shell, described)
  else printPolicies(shell, fleet, described)
  return undefined
}
