import { CHANGE_STATUSES } from './change.ts'
import { COMMANDS, isTerminal, TERMINAL_STATUSES, TRANSITIONS } from './transitions.ts'

/** Commands that lead from one status to another, joined into one arrow. */
const arrowsFrom = (status: (typeof CHANGE_STATUSES)[number]): readonly string[] => {
  const commands = COMMANDS.flatMap(command => {
    const transition = TRANSITIONS[status][command]
    return 'refused' in transition ? [] : transition.to.map(to => ({ command, to }))
  })
  return CHANGE_STATUSES.flatMap(to => {
    const names = commands.filter(arrow => arrow.to === to).map(arrow => arrow.command)
    return names.length === 0 ? [] : [`  ${status} --> ${to}: ${names.join(', ')}`]
  })
}

/** The lifecycle as Mermaid draws it, out of the transition table. */
export const lifecycleDiagram = (): string =>
  [
    'stateDiagram-v2',
    '  [*] --> proposed: propose',
    ...CHANGE_STATUSES.filter(status => !isTerminal(status)).flatMap(arrowsFrom),
    ...TERMINAL_STATUSES.map(status => `  ${status} --> [*]`),
  ].join('\n')

/** The transition table as Markdown: a row a command, a column an open status. */
export const lifecycleTable = (): string => {
  const open = CHANGE_STATUSES.filter(status => !isTerminal(status))
  const cell = (status: (typeof open)[number], command: (typeof COMMANDS)[number]): string => {
    const transition = TRANSITIONS[status][command]
    return 'refused' in transition ? `refused: ${transition.refused}` : `→ ${transition.to.join(' or ')}`
  }
  return [
    `| command | ${open.join(' | ')} |`,
    `|---|${open.map(() => '---|').join('')}`,
    ...COMMANDS.map(command => `| ${command} | ${open.map(status => cell(status, command)).join(' | ')} |`),
  ].join('\n')
}
