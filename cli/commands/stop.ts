import { holdEnd } from '../hold-end.ts'
import { printCarriedOut } from '../hold-view.ts'
import { needed, type Run } from '../input.ts'

export const run: Run = async input => {
  const body = { scope: 'everything', reason: needed(input, 'reason'), ...holdEnd(input) }
  const { body: hold } = await input.api().call('place-hold', { body })
  return printCarriedOut(input, hold)
}
