import { changeView } from './change-view.ts'
import type { Input } from './input.ts'
import type { Ended } from './shell.ts'
import { printJson } from './terminal/print.ts'
import { terminalText } from './terminal/terminal-text.ts'

/** What binds to no digest: a comment, one's own word taken back (whichever counts now), and who decides instead. */
type Said =
  | { readonly decision: 'delegate'; readonly to: string; readonly until: string }
  | { readonly decision: 'revoke-delegation' }
  | { readonly decision: 'close-review'; readonly text: string }
  | { readonly decision: 'withdraw'; readonly reason?: string }
  | { readonly decision: 'comment'; readonly comment: string }

/** Sends what is decided or said on a change, and tells where the change stands then and what it needs. */
export const sayOn = async (input: Input, id: string, body: Said | (object & { readonly digest: string })): Promise<Ended> => {
  const { shell } = input
  const answer = await input.api().call('approve-change', { path: { change: id }, body })
  if (input.json) {
    printJson(shell, answer.body)
    return undefined
  }
  const after = changeView(answer.body)
  shell.out(`${terminalText(after.id)} is ${terminalText(after.status)}\n`)
  for (const need of after.status === 'in-review' ? after.needs : []) shell.out(`needs ${terminalText(need)}\n`)
  return undefined
}
