import { editedFiles } from '../edited-files.ts'
import { Failure } from '../failure.ts'
import { allGiven, needed, type Run } from '../input.ts'
import { answerEdit } from '../policy-edit-view.ts'
import { numberOf, objectOf, objectsOf, textOf } from '../terminal/read-json.ts'

/** Sends what differs from the edition in force, and which edition that was: a newer one refuses it. */
export const run: Run = async input => {
  const { shell, args } = input
  const given = editedFiles(shell, args)
  const removed = allGiven(input, 'remove')
  const api = input.api()
  const policies = objectOf((await api.call('show-policies')).body)
  const present = new Map(
    objectsOf(policies['files'])
      .filter(({ from }) => from === 'edition')
      .map(({ path, text }) => [textOf(path), textOf(text)]),
  )
  const changed = [...given].filter(([path, text]) => present.get(path) !== text)
  const files = Object.fromEntries([...changed, ...removed.map(path => [path, null] as const)])
  if (Object.keys(files).length === 0)
    throw new Failure('usage', 'nothing differs from the policies in force', 'supersede policy active tells what is in force')
  const body = { files, reason: needed(input, 'reason'), edition: numberOf(policies['edition']) }
  return answerEdit(input, (await api.call('propose-policy-edit', { body })).body)
}
