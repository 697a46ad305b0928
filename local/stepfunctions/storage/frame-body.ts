/** A frame's row. Variables are a map of JSON texts; everything else is plain data. */
import type { Frame } from '../engine/frame.ts'

export const writeFrame = (frame: Frame): string => JSON.stringify({ ...frame, variables: [...frame.variables] })

/** Precondition: the text was written by `writeFrame` of this version. */
export const readFrame = (body: string): Frame => {
  const stored: Omit<Frame, 'variables'> & { variables: [string, string][] } = JSON.parse(body)
  return { ...stored, parent: stored.parent ?? undefined, item: stored.item ?? undefined, variables: new Map(stored.variables) }
}
