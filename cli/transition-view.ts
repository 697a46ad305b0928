import type { Shell } from './shell.ts'
import { when } from './terminal/format.ts'
import { printFacts, printTitle } from './terminal/print.ts'
import { type JsonObject, numberOf, objectOf, objectsOf, textOf, textsOf } from './terminal/read-json.ts'

const functionsOf = (task: JsonObject): string =>
  textsOf(task['functions']).join(' and ') || textsOf(task['stack'])[0]?.replace(/\+0x\S*/, '') || 'code that cannot be told'

/** `kernel thread kworker/0:1 (79) in t1:tgt_block`. */
const taskInWords = (task: JsonObject): string => {
  const pid = textOf(task['pid'])
  return `${task['kthread'] === true ? 'kernel thread ' : ''}${textOf(task['name'])}${pid === '' ? '' : ` (${pid})`} in ${functionsOf(task)}`
}

/** What a stalled transition waits for, on one line: the first task and how many more. Empty where none has stalled. */
export const waitedForInShort = (transition: unknown): string => {
  const evidence = objectOf(transition)
  if (evidence['livepatch'] === undefined) return ''
  const [first] = objectsOf(evidence['tasks'])
  if (!first) return textsOf(evidence['unproven'])[0] ?? (evidence['waiting'] === null ? 'cannot be told' : '')
  const more = numberOf(evidence['waiting']) - 1
  return `${taskInWords(first)}${more > 0 ? ` and ${more} more` : ''}`
}

/** The host's own clock may say anything; a date can carry this much. */
const INSTANT_MAX = 8.64e15
const instant = (milliseconds: number): string => when(new Date(Math.min(Math.abs(milliseconds), INSTANT_MAX)).toISOString())

const waitsFor = (waiting: unknown): string => {
  if (waiting === null) return 'the host cannot tell whom; its agent may not read /proc/<pid>/patch_state'
  const count = numberOf(waiting)
  return count === 1 ? '1 task' : `${count} tasks`
}

/** The whole account of a host's stalled transition; prints nothing where none has stalled. */
export const printTransition = (shell: Shell, transition: unknown): void => {
  const evidence = objectOf(transition)
  if (evidence['livepatch'] === undefined) return
  const [since, at] = [numberOf(evidence['since']), numberOf(evidence['at'])]
  printTitle(shell, `The transition of ${textOf(evidence['livepatch'])} has stalled (${textOf(evidence['direction'])})`)
  printFacts(shell, [
    ['open since', instant(since)],
    ['looked at', `${instant(at)}, after ${Math.round((at - since) / 1000)} s`],
    ['waits for', waitsFor(evidence['waiting'])],
    ...objectsOf(evidence['tasks']).map(
      task => ['', [taskInWords(task), ...textsOf(task['stack']).map(frame => `  ${frame}`)].join('\n')] as const,
    ),
    ['not in force', textsOf(evidence['unproven']).join('\n')],
    ['kernel log', textsOf(evidence['log']).join('\n')],
  ])
}
