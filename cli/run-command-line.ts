import { CommanderError } from 'commander'
import { exitCode } from './exit-codes.ts'
import { Failure } from './failure.ts'
import { programFor, tamed } from './program.ts'
import type { Ended, Shell } from './shell.ts'
import { terminalText } from './terminal/terminal-text.ts'

const told = (shell: Shell, failure: Failure): number => {
  shell.err(`error: ${terminalText(failure.message)}\n`)
  for (const hint of failure.hints) shell.err(`  hint: ${terminalText(hint)}\n`)
  return exitCode(failure.exit)
}

/** Runs one command line and gives its exit code. Nothing that is foreseen escapes as an exception. */
export const runCommandLine = async (args: readonly string[], shell: Shell): Promise<number> => {
  let end: Ended
  const program = tamed(
    programFor(shell, ended => {
      end = ended
    }),
    shell,
  )
  try {
    await program.parseAsync([...args], { from: 'user' })
    return exitCode(end ?? 'ok')
  } catch (error) {
    if (error instanceof Failure) return told(shell, error)
    /* Asking for help is no mistake; whatever else commander throws, it has told already. */
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCode('usage')
    throw error
  }
}
