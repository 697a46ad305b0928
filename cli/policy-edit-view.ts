import type { Input } from './input.ts'
import type { Shell } from './shell.ts'
import { when } from './terminal/format.ts'
import { printFacts, printJson, printTable, printTitle } from './terminal/print.ts'
import { type JsonObject, objectOf, objectsOf, textOf, textsOf } from './terminal/read-json.ts'
import { paint } from './terminal/style.ts'
import { terminalText } from './terminal/terminal-text.ts'

const approvalsOf = (edit: JsonObject): string =>
  objectsOf(edit['approvals'])
    .map(({ name, groups, at, comment }) => {
      const said = textOf(comment) === '' ? '' : `: ${textOf(comment)}`
      return `${textOf(name)} (${textsOf(groups).join(', ')}), ${when(textOf(at))}${said}`
    })
    .join('\n')

const LINE_FORMATS = { '+': 'green', '-': 'red', '@': 'cyan' } as const
const painted = (shell: Shell, line: string): string => {
  const [, format] = Object.entries(LINE_FORMATS).find(([sign]) => line.startsWith(sign)) ?? []
  return format === undefined ? terminalText(line) : paint(shell, format, terminalText(line))
}

const printDiffs = (shell: Shell, edit: JsonObject): void => {
  for (const file of objectsOf(edit['files'])) {
    shell.out('\n')
    for (const line of textOf(file['diff']).replace(/\n$/, '').split('\n')) shell.out(`${painted(shell, line)}\n`)
  }
}

/** An edit, whole: what it is, what it changes, what happened. */
export const printEdit = (shell: Shell, body: unknown): void => {
  const edit = objectOf(body)
  const base = objectOf(edit['base'])
  printFacts(shell, [
    ['edit', textOf(edit['id'])],
    ['status', textOf(edit['status'])],
    ['about', textOf(edit['fleet']) === '' ? 'the house' : `fleet ${textOf(edit['fleet'])}`],
    ['reason', textOf(edit['reason'])],
    ['proposed', `${textOf(edit['proposerName'])}, ${when(textOf(edit['proposedAt']))}, on edition ${textOf(base['edition'])}`],
    ['digest', textOf(edit['digest'])],
    ['decide before', when(textOf(edit['decideBefore']))],
    ['approvals', approvalsOf(edit)],
    ['needs', textsOf(edit['needs']).join('\n')],
    ['ended', textOf(edit['ending'])],
  ])
  printDiffs(shell, edit)
  printTitle(shell, 'What happened')
  printTable(
    shell,
    ['at', 'actor', 'event'],
    objectsOf(edit['timeline']).map(({ at, actor, text }) => [when(textOf(at)), textOf(actor), textOf(text)]),
  )
}

/** Where an edit stands after something was done on it. */
export const answerEdit = ({ shell, json }: Input, body: unknown): undefined => {
  if (json) printJson(shell, body)
  else {
    const edit = objectOf(body)
    const edition = textOf(edit['edition'])
    shell.out(
      `${terminalText(textOf(edit['id']))} is ${terminalText(textOf(edit['status']))}${edition === '' ? '' : `: edition ${edition}`}\n`,
    )
    for (const need of textsOf(edit['needs'])) shell.out(`needs ${terminalText(need)}\n`)
  }
  return undefined
}
