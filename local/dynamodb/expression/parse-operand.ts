import type { Complaints } from './complaints.ts'
import { type Cursor, ExpressionFault } from './cursor.ts'
import { isReserved } from './reserved-words.ts'
import type { Operand, Path, Step } from './syntax.ts'

const takeName = (cursor: Cursor, complaints: Complaints): string => {
  const token = cursor.peek()
  const isName = token.kind === 'name' || (token.kind === 'word' && !cursor.keywords.has(token.text.toUpperCase()))
  if (!isName) throw cursor.refusal()
  cursor.take()
  if (token.kind === 'word' && isReserved(token.text))
    complaints.add('reserved', `Attribute name is a reserved keyword; reserved keyword: ${token.text}`)
  return token.text
}

const indexMax = 2 ** 31 - 1
const levelsMax = 32

const takeIndex = (cursor: Cursor): number => {
  const token = cursor.peek()
  if (token.kind !== 'digits') throw cursor.refusal()
  cursor.take()
  cursor.expectSign(']')
  if (Number(token.text) > indexMax) throw new ExpressionFault(`List index is not within the allowable range; index: [${token.text}]`)
  return Number(token.text)
}

/** The rest of a document path: `.name` and `[index]`, any number of them. */
export const takeSteps = (cursor: Cursor, complaints: Complaints): Step[] => {
  const steps: Step[] = []
  for (;;) {
    if (cursor.takeSign('.')) steps.push(takeName(cursor, complaints))
    else if (cursor.takeSign('[')) steps.push(takeIndex(cursor))
    else return steps
  }
}

export const takePath = (cursor: Cursor, complaints: Complaints): Path => {
  const path = [takeName(cursor, complaints), ...takeSteps(cursor, complaints)]
  if (path.length > levelsMax) throw new ExpressionFault(`The document path has too many nesting levels; nesting levels: ${path.length}`)
  return path
}

export const isCall = (cursor: Cursor): boolean =>
  cursor.peek().kind === 'word' && cursor.isSign('(', 1) && !cursor.keywords.has(cursor.peek().text.toUpperCase())

/** `name(operand, …)`; which names and how many operands is for the checks to say. */
export const takeCall = (cursor: Cursor, takeArgument: () => Operand): Operand & { type: 'call' } => {
  const name = cursor.take().text
  cursor.expectSign('(')
  const args = [takeArgument()]
  while (cursor.takeSign(',')) args.push(takeArgument())
  cursor.expectSign(')')
  return { type: 'call', name, args }
}

export const takeValueOrPath = (cursor: Cursor, complaints: Complaints): Operand => {
  if (cursor.peek().kind === 'value') return { type: 'value', name: cursor.take().text }
  return { type: 'path', path: takePath(cursor, complaints) }
}
