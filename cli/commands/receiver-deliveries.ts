import { answerPage } from '../answer-page.ts'
import { findReceiver } from '../find-receiver.ts'
import { firstArgument, given, type Run } from '../input.ts'
import { pageQuery } from '../page-query.ts'
import { when } from '../terminal/format.ts'
import { textOf } from '../terminal/read-json.ts'

export const run: Run = async input => {
  const receiver = textOf((await findReceiver(input.api(), firstArgument(input)))['id'])
  const query = { ...pageQuery(input), state: given(input, 'state') }
  const { body } = await input.api().call('list-deliveries', { path: { receiver }, query })
  return answerPage(
    input,
    body,
    [
      ['delivery', delivery => textOf(delivery['id'])],
      ['kind', delivery => textOf(delivery['kind'])],
      ['of', delivery => when(textOf(delivery['at']))],
      ['change', delivery => textOf(delivery['change'])],
      ['state', delivery => textOf(delivery['state'])],
      ['attempts', delivery => textOf(delivery['attempts'])],
      ['next', delivery => when(textOf(delivery['nextAt']))],
      ['why', delivery => textOf(delivery['why'])],
    ],
    'Nothing of this kind was sent to it.',
  )
}
