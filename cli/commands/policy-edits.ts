import { answerPage } from '../answer-page.ts'
import { given, type Run } from '../input.ts'
import { pageQuery } from '../page-query.ts'
import { when } from '../terminal/format.ts'
import { textOf, textsOf } from '../terminal/read-json.ts'

export const run: Run = async input => {
  const { body } = await input.api().call('list-policy-edits', { query: { ...pageQuery(input), status: given(input, 'status') } })
  return answerPage(
    input,
    body,
    [
      ['edit', edit => textOf(edit['id'])],
      ['status', edit => textOf(edit['status'])],
      ['edition', edit => textOf(edit['edition'])],
      ['proposer', edit => textOf(edit['proposer'])],
      ['proposed at', edit => when(textOf(edit['proposedAt']))],
      ['files', edit => textsOf(edit['paths']).join(' ')],
      ['reason', edit => textOf(edit['reason'])],
    ],
    'No edits; supersede policy propose makes one.',
  )
}
