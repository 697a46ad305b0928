import type { Input } from './input.ts'
import { type Column, printJson, printPage } from './terminal/print.ts'

/** What a listing command ends with: the page as it came with `-o json`, otherwise its table. */
export const answerPage = ({ shell, json }: Input, page: unknown, columns: readonly Column[], nothing: string): undefined => {
  if (json) printJson(shell, page)
  else printPage(shell, page, columns, nothing)
  return undefined
}
