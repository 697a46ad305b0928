import { betweenText } from '../between-view.ts'
import { holdLines } from '../hold-view.ts'
import { firstArgument, type Run } from '../input.ts'
import { shortDigest, when } from '../terminal/format.ts'
import { printFacts, printJson } from '../terminal/print.ts'
import { objectOf, objectsOf, textOf } from '../terminal/read-json.ts'
import { printTransition } from '../transition-view.ts'

export const run: Run = async input => {
  const { shell } = input
  const { body } = await input.api().call('show-host', { path: { host: firstArgument(input) } })
  if (input.json) {
    printJson(shell, body)
    return undefined
  }
  const host = objectOf(body)
  const cleared = objectOf(host['cleared'])
  const refusal = objectOf(host['refusal'])
  const names = objectsOf(host['livepatches']).map(({ name }) => textOf(name))
  printFacts(shell, [
    ['host', textOf(host['id'])],
    ['fleet', textOf(host['fleet'])],
    ['state', textOf(host['state'])],
    ['kernel', textOf(host['kernelRelease'])],
    ['livepatches', names.join(' + ') || 'none'],
    ['change', textOf(host['change'])],
    ['held', holdLines(host).join('\n')],
    ['between', betweenText(host['between'])],
    ['refusal', refusal['code'] === undefined ? '' : `${textOf(refusal['code'])}: ${textOf(refusal['detail'])}`],
    ['cohort', shortDigest(textOf(host['cohort']))],
    ['boot', textOf(host['bootId'])],
    ['seen at', when(textOf(host['lastSeenAt']))],
    ['evidence', textOf(host['evidence'])],
    ['cleared', cleared['id'] === undefined ? '' : `${textOf(cleared['id'])} by ${textOf(cleared['clearedBy'])}`],
    ['forced with', textOf(host['clearance'])],
    ['to do', host['toReboot'] === true ? 'reboot it: its modules are pinned, and no change reaches it before' : ''],
  ])
  printTransition(shell, host['transition'])
  return undefined
}
