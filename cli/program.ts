import { Command, Option } from 'commander'
import { connect, serverUrl } from './api.ts'
import { COMMANDS, type CommandDefinition, GROUPS, type OptionDefinition } from './command-table.ts'
import { EXIT, exitCode } from './exit-codes.ts'
import type { Input } from './input.ts'
import type { Ended, Shell } from './shell.ts'
import { VERSION } from './version.ts'

const exitLine = (code: number, meaning: string): string => `  ${String(code).padStart(2)}  ${meaning}`

const EXIT_TEXT = Object.values(EXIT)
  .map(([code, meaning]) => exitLine(code, meaning))
  .join('\n')

const exitTextOf = ({ exits = [] }: CommandDefinition): string =>
  exits.length === 0 ? '' : `\n\nExit codes:\n${exits.map(([exit, meaning]) => exitLine(exitCode(exit), meaning)).join('\n')}`

const collect = (value: string, before: unknown): readonly string[] => [...(Array.isArray(before) ? before : []), value]

const optionFor = ({ flags, text, required, repeat }: OptionDefinition): Option => {
  const option = new Option(flags, repeat ? `${text} (repeatable)` : text)
  if (required) option.makeOptionMandatory()
  if (repeat) option.argParser(collect)
  return option
}

const inputOf = (shell: Shell, options: Readonly<Record<string, unknown>>, args: readonly string[]): Input => {
  const url = typeof options['url'] === 'string' ? options['url'] : undefined
  return { shell, args, options, json: options['output'] === 'json', api: () => connect(shell, serverUrl(shell, url)) }
}

const addCommand = (parent: Command, definition: CommandDefinition, shell: Shell, ended: (end: Ended) => void): void => {
  const name = definition.path.at(-1) ?? ''
  const command = parent.command(`${name} ${definition.args}`.trim()).summary(definition.summary).description(`${definition.summary}.`)
  for (const option of definition.options) command.addOption(optionFor(option))
  command.addOption(
    new Option('-o, --output <format>', 'how to print').choices(['table', 'json', ...(definition.formats ?? [])]).default('table'),
  )
  if (definition.online) command.option('--url <url>', 'the server (default: SUPERSEDE_URL, or http://127.0.0.1:8383)')
  command.addHelpText('after', `\nExamples:\n${definition.examples.map(example => `  $ ${example}`).join('\n')}${exitTextOf(definition)}`)
  command.action(async () => {
    const args = command.processedArgs.flat().filter((arg: unknown) => typeof arg === 'string')
    const { run } = await definition.load()
    ended(await run(inputOf(shell, command.opts(), args)))
  })
}

/** The whole command line, out of the table. `ended` is told how the command that ran came out. */
export const programFor = (shell: Shell, ended: (end: Ended) => void): Command => {
  const program = new Command('supersede')
    .description('Approves, rolls out and audits cumulative kernel livepatches across server fleets.')
    .usage('COMMAND [OPTIONS]')
    .enablePositionalOptions()
    .version(VERSION, '-V, --version', 'print the version')
    .helpCommand('help [command]', 'Help for a command')
    .showHelpAfterError('(add --help for what can be given)')
    .addHelpText(
      'after',
      `\nExit codes:\n${EXIT_TEXT}\n\nFirst steps on one machine:\n  $ npm start\n  $ supersede login alice\n  $ supersede change list`,
    )
  const groups = new Map<string, Command>()
  for (const definition of COMMANDS) {
    const [first, second] = definition.path
    if (second === undefined) addCommand(program, definition, shell, ended)
    else {
      const group =
        groups.get(first) ??
        program
          .command(first)
          .description(GROUPS[first] ?? '')
          .helpCommand(false)
      groups.set(first, group)
      addCommand(group, definition, shell, ended)
    }
  }
  return program
}

/** Every command of the tree must answer through the shell and must not end the process. */
export const tamed = (command: Command, shell: Shell): Command => {
  command.exitOverride().configureOutput({
    writeOut: shell.out,
    writeErr: shell.err,
    getOutHelpWidth: () => shell.columns,
    getErrHelpWidth: () => shell.columns,
    getOutHasColors: () => false,
    getErrHasColors: () => false,
  })
  for (const child of command.commands) tamed(child, shell)
  return command
}
