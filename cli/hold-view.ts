import type { Input } from './input.ts'
import { plural, shortDigest, when } from './terminal/format.ts'
import { type Column, printJson } from './terminal/print.ts'
import { type JsonObject, numberOf, objectOf, objectsOf, textOf, textsOf } from './terminal/read-json.ts'
import { terminalText } from './terminal/terminal-text.ts'

/** What a hold keeps back: "everything", "fleet edge", "livepatch 2d60869d15da". */
export const holdTarget = (hold: JsonObject): string => `${textOf(hold['scope'])} ${shortDigest(textOf(hold['target']))}`.trim()

/** The freezes in force on a thing, a line each. */
export const freezeLines = (body: JsonObject): readonly string[] => objectsOf(body['freezes']).map(({ text }) => textOf(text))

/** In a list: until when a thing is held at the least; empty where it is not. */
export const heldUntil: Column = [
  'held',
  thing =>
    objectsOf(thing['holds'])
      .map(({ expiresAt }) => `until ${when(textOf(expiresAt))}`)
      .toSorted()
      .at(-1) ?? '',
]

/** The holds on a thing, a line each: "of fleet edge by Alice until 2026-12-01T18:00:00Z: crashes (01JD…)". */
export const holdLines = (body: JsonObject): readonly string[] =>
  objectsOf(body['holds']).map(
    hold =>
      `of ${holdTarget(hold)} by ${textOf(objectOf(hold['owner'])['name'])} until ${when(textOf(hold['expiresAt']))}: ${textOf(hold['reason'])} (${textOf(hold['id'])})`,
  )

/** What was placed, what it halted, and what it came too late for. */
export const printCarriedOut = ({ shell, json }: Input, answer: unknown): undefined => {
  if (json) {
    printJson(shell, answer)
    return undefined
  }
  const hold = objectOf(answer)
  const id = terminalText(textOf(hold['id']))
  const halted = textsOf(hold['halted'])
  const moving = numberOf(hold['inTransition'])
  const what = holdTarget(hold)
  shell.out(
    `${terminalText(`${what.charAt(0).toUpperCase()}${what.slice(1)}`)} is held until ${terminalText(when(textOf(hold['expiresAt'])))}: ${id}\n`,
  )
  shell.out(
    halted.length === 0 ? 'No change was under way.\n' : `${plural(halted.length, 'change')} halted: ${terminalText(halted.join(', '))}\n`,
  )
  shell.out(`${plural(moving, 'host')} still in transition${moving === 0 ? '' : '; supersede hold list counts them anew'}\n`)
  shell.err(`To lift it: supersede hold lift ${id} --reason TEXT\n`)
  return undefined
}
