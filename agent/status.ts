import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { enrolledIdentity } from './enrol.ts'
import { messageOf } from './failure.ts'
import { AgentState } from './state.ts'
import { statusLines } from './status-lines.ts'
import { folderStorage } from './storage.ts'

const program = new Command()
  .name('agent-status')
  .description('Tells what the agent on this host believes: whether it is stopped and why, what is asked of it, and what it did.')
  .option('--dir <folder>', 'where the agent keeps its state', '/var/lib/supersede')
  .addHelpText('after', '\nExit status: 0 told; 1 no agent has enrolled there, or it cannot be read; 2 wrong arguments.')
  .exitOverride(error => process.exit(error.exitCode === 0 ? 0 : 2))

const main = async (): Promise<void> => {
  const { dir }: { readonly dir: string } = program.parse().opts()
  /* A folder that is not there is not made for a look. */
  const storage = existsSync(join(dir, 'state.json')) ? await folderStorage(dir) : null
  const identity = storage && (await enrolledIdentity(storage))
  if (!storage || !identity) throw new Error(`${dir} holds no enrolled host`)
  const lines = statusLines(identity, AgentState.parse(await storage.read('state')), Date.now())
  process.stdout.write(`${lines.join('\n')}\n`)
}

main().catch((error: unknown) => {
  process.stderr.write(`${messageOf(error)}\n`)
  process.exitCode = 1
})
