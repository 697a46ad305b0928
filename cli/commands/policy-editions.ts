import { answerPage } from '../answer-page.ts'
import type { Run } from '../input.ts'
import { pageQuery } from '../page-query.ts'
import { shortDigest, when } from '../terminal/format.ts'
import { textOf, textsOf } from '../terminal/read-json.ts'

export const run: Run = async input => {
  const { body } = await input.api().call('list-policy-editions', { query: pageQuery(input) })
  return answerPage(
    input,
    body,
    [
      ['edition', edition => textOf(edition['number'])],
      ['in force since', edition => when(textOf(edition['at']))],
      ['version', edition => shortDigest(textOf(edition['version']))],
      ['edit', edition => textOf(edition['edit'])],
      ['last word', edition => textOf(edition['by'])],
      ['files', edition => textsOf(edition['paths']).join(' ')],
    ],
    'Nothing lies on the deployed policies.',
  )
}
