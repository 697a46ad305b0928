import { styleText } from 'node:util'
import type { Shell } from '../shell.ts'

type Format = Parameters<typeof styleText>[0]

/** Colours text where the terminal shows colours. */
export const paint = ({ color }: Pick<Shell, 'color'>, format: Format, text: string): string =>
  color ? styleText(format, text, { validateStream: false }) : text

const STATUS_FORMATS: Readonly<Record<string, Format>> = {
  completed: 'green',
  passed: 'green',
  applied: 'green',
  clear: 'green',
  rolling: 'cyan',
  released: 'cyan',
  open: 'cyan',
  soaking: 'cyan',
  'in-review': 'yellow',
  review: 'yellow',
  halted: 'yellow',
  blocked: 'red',
  block: 'red',
  declined: 'red',
  aborted: 'red',
}

/** A status word in its colour; the word alone says it all. */
export const paintStatus = (shell: Pick<Shell, 'color'>, status: string): string => paint(shell, STATUS_FORMATS[status] ?? 'reset', status)
