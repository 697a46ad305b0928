import { Complaints } from './complaints.ts'
import { Cursor } from './cursor.ts'
import { takePath } from './parse-operand.ts'
import type { Path } from './syntax.ts'

/** projection := path, … */
export const parseProjection = (text: string): readonly Path[] => {
  const cursor = new Cursor(text)
  const complaints = new Complaints()
  const paths = [takePath(cursor, complaints)]
  while (cursor.takeSign(',')) paths.push(takePath(cursor, complaints))
  cursor.expectEnd()
  complaints.raise(['reserved'])
  return paths
}
