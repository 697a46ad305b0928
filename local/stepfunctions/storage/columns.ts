/** SQLite gives rows of unknown columns; these read one column, and a column that is not of its type is a broken file. */
import type { SQLOutputValue } from 'node:sqlite'
import { invariant } from '../invariant.ts'

export type Row = Record<string, SQLOutputValue>

export const textIn = (row: Row, column: string): string => {
  const value = row[column]
  invariant(typeof value === 'string', `column ${column} holds a text`)
  return value
}
export const numberIn = (row: Row, column: string): number => {
  const value = row[column]
  invariant(typeof value === 'number', `column ${column} holds a number`)
  return value
}
export const optionalTextIn = (row: Row, column: string): string | undefined => (row[column] === null ? undefined : textIn(row, column))
export const optionalNumberIn = (row: Row, column: string): number | undefined => (row[column] === null ? undefined : numberIn(row, column))
