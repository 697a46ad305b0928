/** What a person types for what the server's hints name as requests: the API speaks to programs. */
const COMMANDS: Readonly<Record<string, string>> = {
  'GET /changes': 'supersede change list',
  'GET /changes/{change}': 'supersede change show CHANGE',
  'GET /fleets': 'supersede fleet list',
  'GET /fleets/{fleet}/hosts': 'supersede fleet hosts FLEET',
  'GET /holds?all=true': 'supersede hold list --all',
  'GET /patches': 'supersede patch list',
  'GET /policies/edits': 'supersede policy edits',
  'GET /receivers': 'supersede receiver list',
  'POST /fleets': 'supersede fleet create FLEET',
  'POST /holds/{hold}/lift': 'supersede hold lift HOLD',
}

/** A hint of the server, with its requests told as commands. */
export const inCommands = (hint: string): string =>
  hint.replaceAll(/`((?:GET|POST) [^`]+)`/g, (named, request: string) =>
    Object.hasOwn(COMMANDS, request) ? (COMMANDS[request] ?? named) : named,
  )
