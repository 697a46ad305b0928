import { answerPage } from '../answer-page.ts'
import { betweenText } from '../between-view.ts'
import { firstArgument, isSet, type Run } from '../input.ts'
import { pageQuery } from '../page-query.ts'
import { when } from '../terminal/format.ts'
import { objectOf, objectsOf, textOf } from '../terminal/read-json.ts'
import { waitedForInShort } from '../transition-view.ts'

export const run: Run = async input => {
  const toReboot = isSet(input, 'toReboot')
  const query = { ...pageQuery(input), ...(toReboot ? { toReboot: 'true' } : {}) }
  const { body } = await input.api().call('list-hosts', { path: { fleet: firstArgument(input) }, query })
  return answerPage(
    input,
    body,
    [
      ['host', host => textOf(host['id'])],
      ['state', host => textOf(host['state'])],
      ['kernel', host => textOf(host['kernelRelease'])],
      [
        'livepatches',
        host =>
          objectsOf(host['livepatches'])
            .map(entry => textOf(entry['name']))
            .join(' + '),
      ],
      ['seen at', host => when(textOf(host['lastSeenAt']))],
      ['refusal', host => textOf(objectOf(host['refusal'])['code'])],
      ['between', host => betweenText(host['between'])],
      ['waits for', host => waitedForInShort(host['transition'])],
    ],
    toReboot ? 'No host is to be rebooted.' : 'No hosts; supersede fleet enrol issues tokens with which they enrol.',
  )
}
