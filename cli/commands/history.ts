import { answerPage } from '../answer-page.ts'
import { Failure } from '../failure.ts'
import { given, isSet, type Run } from '../input.ts'
import { pageQuery } from '../page-query.ts'
import { when } from '../terminal/format.ts'
import { objectsOf, textOf, textsOf } from '../terminal/read-json.ts'

export const run: Run = async input => {
  const day = given(input, 'day')
  if (day !== undefined && !/^\d{4}-\d{2}-\d{2}$/.test(day)) throw new Failure('usage', '--day takes a day like 2026-11-23')
  const query = { ...pageQuery(input), actor: given(input, 'actor'), fleet: given(input, 'fleet'), day }
  if (isSet(input, 'verify')) {
    const { verifyHistory } = await import('../verify-history.ts')
    return verifyHistory(input, query)
  }
  const { body } = await input.api().call('list-history', { query })
  return answerPage(
    input,
    body,
    [
      ['at', commit => when(textOf(commit['at']))],
      ['actor', commit => textOf(commit['actor'])],
      ['stream', commit => textOf(commit['stream'])],
      ['#', commit => textOf(commit['sequence'])],
      [
        'events',
        commit =>
          objectsOf(commit['events'])
            .map(({ type }) => textOf(type))
            .join(' '),
      ],
      ['policies', commit => textsOf(commit['policies']).join(' ')],
      ['hash', commit => textOf(commit['hash']).slice(0, 12)],
    ],
    'Nothing is recorded that matches.',
  )
}
