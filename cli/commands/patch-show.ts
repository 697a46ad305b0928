import { findLivepatch } from '../find-livepatch.ts'
import { firstArgument, type Run } from '../input.ts'
import { printPatch } from '../patch-facts.ts'
import { printJson } from '../terminal/print.ts'
import { objectOf } from '../terminal/read-json.ts'

export const run: Run = async input => {
  const api = input.api()
  const digest = await findLivepatch(api, firstArgument(input))
  const { body } = await api.call('show-patch', { path: { digest } })
  if (input.json) printJson(input.shell, body)
  else printPatch(input.shell, objectOf(body))
  return undefined
}
