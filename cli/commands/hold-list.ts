import { answerPage } from '../answer-page.ts'
import { freezeLines, holdTarget } from '../hold-view.ts'
import { isSet, type Run } from '../input.ts'
import { pageQuery } from '../page-query.ts'
import { when } from '../terminal/format.ts'
import type { Column } from '../terminal/print.ts'
import { objectOf, textOf } from '../terminal/read-json.ts'
import { terminalText } from '../terminal/terminal-text.ts'

const COLUMNS: readonly Column[] = [
  ['hold', hold => textOf(hold['id'])],
  ['of', holdTarget],
  ['by', hold => textOf(objectOf(hold['owner'])['name'])],
  ['until', hold => when(textOf(hold['expiresAt']))],
]

export const run: Run = async input => {
  const all = isSet(input, 'all')
  const query = all ? { ...pageQuery(input), all: 'true' } : { transitions: 'true' }
  const { body } = await input.api().call('list-holds', { query })
  const more: readonly Column[] = all
    ? [['state', hold => textOf(hold['state'])]]
    : [['in transition', hold => textOf(hold['inTransition'])]]
  const reason: Column = ['reason', hold => textOf(hold['reason'])]
  if (!input.json) for (const line of freezeLines(objectOf(body))) input.shell.err(`Frozen: ${terminalText(line)}\n`)
  return answerPage(input, body, [...COLUMNS, ...more, reason], all ? 'Nothing was ever held.' : 'Nothing is held.')
}
