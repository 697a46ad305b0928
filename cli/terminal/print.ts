import Table from 'cli-table3'
import type { Shell } from '../shell.ts'
import { type JsonObject, objectOf, objectsOf, textOf } from './read-json.ts'
import { paint } from './style.ts'
import { terminalJson, terminalText } from './terminal-text.ts'

const NO_BORDERS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
}

export const printJson = (shell: Shell, value: unknown): void => shell.out(`${terminalJson(value)}\n`)

/** Columns without lines, as tools do that are piped into others. Cells come as they are: they are made safe here. */
export const printTable = (shell: Shell, head: readonly string[], rows: readonly (readonly string[])[]): void => {
  const table = new Table({ chars: NO_BORDERS, style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 } })
  table.push(head.map(title => paint(shell, 'bold', title.toUpperCase())))
  for (const row of rows) table.push(row.map(terminalText))
  const lines = table.toString().split('\n')
  shell.out(`${lines.map(line => line.trimEnd()).join('\n')}\n`)
}

/** `name  value` lines; empty values are left out. A value of several lines is indented. */
export const printFacts = (shell: Shell, facts: readonly (readonly [name: string, value: string])[]): void => {
  const said = facts.filter(([, value]) => value !== '')
  const width = Math.max(0, ...said.map(([name]) => name.length))
  for (const [name, value] of said) {
    const [first = '', ...rest] = value.split('\n').map(terminalText)
    shell.out(`${paint(shell, 'bold', name.padEnd(width))}  ${first}\n`)
    for (const line of rest) shell.out(`${' '.repeat(width)}  ${line}\n`)
  }
}

export const printTitle = (shell: Shell, title: string): void => shell.out(`\n${paint(shell, 'bold', title)}\n`)

export type Column = readonly [title: string, value: (item: JsonObject) => string]

/** A page of a listing. Where there is more, the way to it is told beside the data. */
export const printPage = (shell: Shell, page: unknown, columns: readonly Column[], nothing: string): void => {
  const items = objectsOf(objectOf(page)['items'])
  if (items.length === 0) shell.err(`${nothing}\n`)
  else
    printTable(
      shell,
      columns.map(([title]) => title),
      items.map(item => columns.map(([, value]) => value(item))),
    )
  const next = textOf(objectOf(page)['next'])
  if (next !== '') shell.err(`There is more: --cursor ${terminalText(next)}\n`)
}
