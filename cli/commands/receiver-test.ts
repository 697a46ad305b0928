import { findReceiver } from '../find-receiver.ts'
import { firstArgument, type Run } from '../input.ts'
import { answerDelivery } from '../receiver-view.ts'
import { textOf } from '../terminal/read-json.ts'

export const run: Run = async input => {
  const receiver = textOf((await findReceiver(input.api(), firstArgument(input)))['id'])
  return answerDelivery(input, (await input.api().call('test-receiver', { path: { receiver }, body: {} })).body)
}
