import { answerPage } from '../answer-page.ts'
import type { Run } from '../input.ts'
import { listOf, stateOf } from '../receiver-view.ts'
import { when } from '../terminal/format.ts'
import { textOf } from '../terminal/read-json.ts'

export const run: Run = async input => {
  const { body } = await input.api().call('list-receivers')
  return answerPage(
    input,
    body,
    [
      ['receiver', receiver => textOf(receiver['id'])],
      ['name', receiver => textOf(receiver['name'])],
      ['kind', receiver => textOf(receiver['kind'])],
      ['address', receiver => textOf(receiver['address'])],
      ['fleets', receiver => listOf(receiver['fleets'], 'all')],
      ['group', receiver => textOf(receiver['group'])],
      ['last delivered', receiver => when(textOf(receiver['deliveredAt']))],
      ['state', stateOf],
    ],
    'Nobody is told; supersede receiver create NAME adds somebody.',
  )
}
