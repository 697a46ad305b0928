import { runCommandLine } from './run-command-line.ts'
import { systemShell } from './shell.ts'

/* A reader that closes early (`| head`) is no error of ours. */
process.stdout.on('error', error => {
  if ('code' in error && error.code === 'EPIPE') process.exit(0)
  throw error
})

process.exitCode = await runCommandLine(process.argv.slice(2), systemShell())
