import { answerPage } from '../answer-page.ts'
import { betweenText } from '../between-view.ts'
import { personName } from '../change-view.ts'
import { firstArgument, type Run } from '../input.ts'
import { pageQuery } from '../page-query.ts'
import { when } from '../terminal/format.ts'
import { type JsonObject, listOf, objectOf, objectsOf, textOf } from '../terminal/read-json.ts'
import { printTransition, waitedForInShort } from '../transition-view.ts'

const approversOf = (fact: JsonObject): string => listOf(objectOf(fact['change'])['approvedBy']).map(personName).join(', ')

export const run: Run = async input => {
  const { body } = await input.api().call('show-host-history', { path: { host: firstArgument(input) }, query: pageQuery(input) })
  answerPage(
    input,
    body,
    [
      ['true at', fact => when(textOf(fact['trueAt']))],
      ['learned at', fact => when(textOf(fact['learnedAt']))],
      ['state', fact => textOf(fact['state'])],
      [
        'livepatches',
        fact =>
          objectsOf(fact['livepatches'])
            .map(({ name }) => textOf(name))
            .join(' + ') || 'none',
      ],
      ['change', fact => textOf(objectOf(fact['change'])['id'])],
      ['approved by', approversOf],
      ['between', fact => betweenText(fact['between'])],
      ['waited for', fact => waitedForInShort(fact['transition'])],
    ],
    'Nothing is recorded of this host.',
  )
  if (!input.json) printTransition(input.shell, objectOf(objectOf(body)['host'])['transition'])
  return undefined
}
