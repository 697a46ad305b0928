import { firstArgument, type Run } from '../input.ts'
import { printEdit } from '../policy-edit-view.ts'
import { printJson } from '../terminal/print.ts'

export const run: Run = async input => {
  const { body } = await input.api().call('show-policy-edit', { path: { edit: firstArgument(input) } })
  if (input.json) printJson(input.shell, body)
  else printEdit(input.shell, body)
  return undefined
}
