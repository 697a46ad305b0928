import { answerPage } from '../answer-page.ts'
import { personName } from '../change-view.ts'
import { given, type Run } from '../input.ts'
import { pageQuery } from '../page-query.ts'
import { shortDigest, when } from '../terminal/format.ts'
import { objectsOf, textOf } from '../terminal/read-json.ts'

export const run: Run = async input => {
  const asked = { fleet: given(input, 'fleet'), status: given(input, 'status'), review: given(input, 'review') }
  const query = { ...pageQuery(input), ...asked }
  const { body } = await input.api().call('list-changes', { query })
  return answerPage(
    input,
    body,
    [
      ['change', change => textOf(change['id'])],
      ['status', change => `${textOf(change['status'])}${objectsOf(change['holds']).length > 0 ? ' (held)' : ''}`],
      ['fleet', change => textOf(change['fleet'])],
      ['livepatch', change => shortDigest(textOf(change['livepatch']))],
      ['proposer', change => personName(change['proposer'])],
      ['proposed at', change => when(textOf(change['proposedAt']))],
    ],
    Object.values(asked).some(one => one !== undefined) ? 'No such changes.' : 'No changes; supersede change propose makes one.',
  )
}
