import { answerPage } from '../answer-page.ts'
import { heldUntil } from '../hold-view.ts'
import type { Run } from '../input.ts'
import { pageQuery } from '../page-query.ts'
import { when } from '../terminal/format.ts'
import { textOf } from '../terminal/read-json.ts'

export const run: Run = async input => {
  const { body } = await input.api().call('list-fleets', { query: pageQuery(input) })
  return answerPage(
    input,
    body,
    [
      ['fleet', fleet => textOf(fleet['id'])],
      ['hosts', fleet => textOf(fleet['hosts'])],
      heldUntil,
      ['created at', fleet => when(textOf(fleet['createdAt']))],
      ['description', fleet => textOf(fleet['description'])],
    ],
    'No fleets; supersede fleet create NAME makes one.',
  )
}
