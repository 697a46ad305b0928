import { answerPage } from '../answer-page.ts'
import { heldUntil } from '../hold-view.ts'
import { given, type Run } from '../input.ts'
import { pageQuery } from '../page-query.ts'
import { shortDigest } from '../terminal/format.ts'
import { textOf, textsOf } from '../terminal/read-json.ts'

export const run: Run = async input => {
  const { body } = await input.api().call('list-patches', { query: { ...pageQuery(input), series: given(input, 'series') } })
  return answerPage(
    input,
    body,
    [
      ['digest', patch => shortDigest(textOf(patch['digest']))],
      ['name', patch => textOf(patch['name'])],
      ['series', patch => textOf(patch['series'])],
      ['version', patch => textOf(patch['version'])],
      ['kernel', patch => textOf(patch['kernelRelease'])],
      ['cumulative', patch => (patch['replace'] === true ? 'yes' : 'no')],
      heldUntil,
      ['fixes', patch => textsOf(patch['fixes']).join(' ')],
    ],
    'No livepatches yet; supersede patch submit FILE puts one in.',
  )
}
