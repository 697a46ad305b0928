import { COMMANDS, type CommandDefinition, GROUPS } from '../../cli/command-table.ts'
import { EXIT } from '../../cli/exit-codes.ts'
import { runCommandLine } from '../../cli/run-command-line.ts'
import type { Shell } from '../../cli/shell.ts'

/** A command's help as it is printed, 100 columns wide. */
const helpOf = async ({ path }: CommandDefinition): Promise<string> => {
  let out = ''
  const shell: Shell = {
    env: {},
    cwd: '/',
    projectRoot: '/',
    out: text => {
      out += text
    },
    err: () => {},
    terminal: false,
    columns: 100,
    color: false,
    now: () => 0,
    sleep: async () => {},
  }
  await runCommandLine([...path, '--help'], shell)
  return out.trim()
}

const sections = async (): Promise<readonly string[]> => {
  const texts: string[] = []
  let group = ''
  for (const command of COMMANDS) {
    const [first, second] = command.path
    if (second !== undefined && first !== group) texts.push(`## supersede ${first}\n\n${GROUPS[first]}.`)
    if (second === undefined || first !== group) group = second === undefined ? '' : first
    const heading = second === undefined ? '##' : '###'
    texts.push(`${heading} supersede ${command.path.join(' ')}\n\n\`\`\`text\n${await helpOf(command)}\n\`\`\``)
  }
  return texts
}

/** docs/cli.md, out of the table that the program itself is made from. */
export const referencePage = async (): Promise<string> => `# The command line

\`supersede\` is a client of the HTTP API, with some commands that need no server. This page is made from
\`cli/command-table.ts\` by \`REWRITE=1 npm run jest -- test/cli\`, and a test holds it to it.

- Data goes to stdout; progress, hints and errors go to stderr. \`-o json\` prints what the server answered.
- The server is \`--url\`, else \`SUPERSEDE_URL\`, else \`http://127.0.0.1:8383\`. A login is kept in
  \`$XDG_CONFIG_HOME/supersede/credentials.json\` (\`~/.config\` where that is not set), which only its owner can read.
- \`NO_COLOR\` is respected; nothing is coloured where stdout is no terminal. Text that comes from elsewhere has its
  control characters escaped.
- A livepatch is named by its digest, the beginning of one (6 digits or more), its module name, or \`series@version\`.
- Times are written \`90s\`, \`15m\`, \`2h\`, \`3d\`, \`500ms\`; a bare number is seconds.

## Exit codes

| code | meaning |
|---|---|
${Object.values(EXIT)
  .map(([code, meaning]) => `| ${code} | ${meaning} |`)
  .join('\n')}

Several files to \`inspect\` give the highest code. \`change watch\` ends with 0 only when the change is completed.

${(await sections()).join('\n\n')}
`
