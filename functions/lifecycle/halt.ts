import { type HaltPorts, haltChange } from './halt-change.ts'

export type Halt = { readonly change: string; readonly error: string; readonly cause: string }

const DETAIL_MAX = 500

/** Lambda's causes are JSON with the stack in it; a person needs the message. */
const messageOf = (cause: string): string => {
  try {
    const value: unknown = JSON.parse(cause)
    if (typeof value === 'object' && value !== null && 'errorMessage' in value) return String(value.errorMessage)
  } catch {
    return cause
  }
  return cause
}

/** Catch-all: whatever failed and nobody foresaw holds the change closed until a person decides. */
export const halt =
  (ports: HaltPorts) =>
  async ({ change, error, cause }: Halt): Promise<{ readonly next: 'halted' | 'ended' }> => ({
    next: await haltChange(ports, change, { code: 'internal', detail: `${error}: ${messageOf(cause)}`.slice(0, DETAIL_MAX) }),
  })
