import type { Input } from './input.ts'
import type { Ended } from './shell.ts'
import { when } from './terminal/format.ts'
import { printFacts, printJson } from './terminal/print.ts'
import { type JsonObject, objectOf, textOf, textsOf } from './terminal/read-json.ts'
import { terminalText } from './terminal/terminal-text.ts'

export const listOf = (value: unknown, otherwise: string): string => textsOf(value).join(' ') || otherwise

/** How a receiver does, in a word or a sentence. */
export const stateOf = (receiver: JsonObject): string => {
  const disabled = textOf(receiver['disabled'])
  if (disabled !== '') return `disabled: ${disabled}`
  const since = textOf(receiver['failingSince'])
  return since === '' ? 'active' : `failing since ${when(since)}`
}

/** The secret goes to stdout alone, so that it can be piped to where it is kept. */
export const answerSecret = ({ shell, json }: Input, body: unknown): undefined => {
  const secret = textOf(objectOf(body)['secret'])
  if (json) printJson(shell, body)
  else if (secret !== '') {
    shell.out(`${terminalText(secret)}\n`)
    shell.err('this is its secret; it is not shown again\n')
  }
  return undefined
}

/** What came of an attempt. One that was not taken ends with 1, so that a script sees it. */
export const answerDelivery = ({ shell, json }: Input, body: unknown): Ended => {
  const delivery = objectOf(body)
  const isTaken = textOf(delivery['state']) === 'delivered'
  if (json) printJson(shell, body)
  else
    printFacts(shell, [
      ['delivery', textOf(delivery['id'])],
      ['state', textOf(delivery['state'])],
      ['status', textOf(delivery['status'])],
      ['attempts', textOf(delivery['attempts'])],
      ['why', textOf(delivery['why'])],
    ])
  return isTaken ? undefined : 'failure'
}
