import { answerPage } from '../answer-page.ts'
import { personName } from '../change-view.ts'
import { given, type Run } from '../input.ts'
import { pageQuery } from '../page-query.ts'
import { shortDigest, when } from '../terminal/format.ts'
import { type JsonObject, objectsOf, textOf } from '../terminal/read-json.ts'

/** "in-review (held, review open)": a review that an emergency opened stays in sight until somebody closes it. */
const statusOf = (change: JsonObject): string => {
  const marks = [...(objectsOf(change['holds']).length > 0 ? ['held'] : []), ...(change['afterReview'] === 'open' ? ['review open'] : [])]
  return `${textOf(change['status'])}${marks.length === 0 ? '' : ` (${marks.join(', ')})`}`
}

export const run: Run = async input => {
  const asked = { fleet: given(input, 'fleet'), status: given(input, 'status'), review: given(input, 'review') }
  const query = { ...pageQuery(input), ...asked }
  const { body } = await input.api().call('list-changes', { query })
  return answerPage(
    input,
    body,
    [
      ['change', change => textOf(change['id'])],
      ['status', statusOf],
      ['fleet', change => textOf(change['fleet'])],
      ['livepatch', change => shortDigest(textOf(change['livepatch']))],
      ['proposer', change => personName(change['proposer'])],
      ['proposed at', change => when(textOf(change['proposedAt']))],
    ],
    Object.values(asked).some(one => one !== undefined) ? 'No such changes.' : 'No changes; supersede change propose makes one.',
  )
}
