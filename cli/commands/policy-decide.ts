import { firstArgument, given, type Input, needed, type Run } from '../input.ts'
import { answerEdit, printEdit } from '../policy-edit-view.ts'
import { objectOf, textOf } from '../terminal/read-json.ts'

export type Word = 'approve' | 'reject' | 'withdraw' | 'comment'

const optional = (input: Input, name: 'comment' | 'reason'): Readonly<Record<string, string>> => {
  const text = given(input, name)
  return text === undefined ? {} : { [name]: text }
}

const saidWith = (input: Input, decision: Word): Readonly<Record<string, string>> => {
  switch (decision) {
    case 'approve':
      return optional(input, 'comment')
    case 'reject':
      return { reason: needed(input, 'reason') }
    case 'withdraw':
      return optional(input, 'reason')
    case 'comment':
      return { comment: needed(input, 'comment') }
  }
}

/**
 * Approving and rejecting bind to a digest: the one given with --digest (reviewed elsewhere, earlier), or the one that the edit has, which is
 * told whole before it is decided on.
 */
const digestOf = async (input: Input, edit: string): Promise<string> => {
  const digest = given(input, 'digest')
  if (digest !== undefined) return digest
  const { body } = await input.api().call('show-policy-edit', { path: { edit } })
  printEdit({ ...input.shell, out: input.shell.err }, body)
  return textOf(objectOf(body)['digest'])
}

export const say =
  (decision: Word): Run =>
  async input => {
    const edit = firstArgument(input)
    const digest = decision === 'approve' || decision === 'reject' ? { digest: await digestOf(input, edit) } : {}
    const body = { decision, ...digest, ...saidWith(input, decision) }
    return answerEdit(input, (await input.api().call('decide-policy-edit', { path: { edit }, body })).body)
  }
