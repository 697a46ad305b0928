import type { Exit } from './exit-codes.ts'

/** Ends a command: one line on what is wrong, and hints on what to do. */
export class Failure extends Error {
  override name = 'Failure'
  readonly exit: Exit
  readonly hints: readonly string[]
  constructor(exit: Exit, message: string, ...hints: readonly string[]) {
    super(message)
    this.exit = exit
    this.hints = hints
  }
}
