import { firstArgument, type Run } from '../input.ts'
import { printJson } from '../terminal/print.ts'
import { objectOf } from '../terminal/read-json.ts'
import { printVerdict } from '../verdict-report.ts'

export const run: Run = async input => {
  const { body } = await input.api().call('show-verdict', { path: { change: firstArgument(input) } })
  if (input.json) printJson(input.shell, body)
  else printVerdict(input.shell, objectOf(objectOf(body)['verdict']))
  return undefined
}
