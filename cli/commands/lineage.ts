import { findLivepatch } from '../find-livepatch.ts'
import { firstArgument, type Run } from '../input.ts'
import { shortDigest, when } from '../terminal/format.ts'
import { printJson, printPage } from '../terminal/print.ts'
import { type JsonObject, listOf, objectOf, objectsOf, textOf, textsOf } from '../terminal/read-json.ts'

const count = (value: unknown): string => String(listOf(value).length)

/** Names beside digests where the answer has them. */
const namesOf = (body: JsonObject): ReadonlyMap<string, string> =>
  new Map(
    [...objectsOf(body['livepatches']), ...objectsOf(body['nodes'])].flatMap((node): [string, string][] => {
      const [digest, name] = [textOf(node['digest']), textOf(node['name'])]
      return digest === '' || name === '' ? [] : [[digest, name]]
    }),
  )

export const run: Run = async input => {
  const api = input.api()
  const digest = await findLivepatch(api, firstArgument(input))
  const { body } = await api.call('show-lineage', { path: { digest } })
  if (input.json) {
    printJson(input.shell, body)
    return undefined
  }
  const names = namesOf(objectOf(body))
  const named = (value: unknown): string => {
    const id = textOf(value)
    return id === '' ? 'none' : (names.get(id) ?? shortDigest(id))
  }
  printPage(
    input.shell,
    { items: objectOf(body)['edges'] },
    [
      ['at', edge => when(textOf(edge['at']))],
      ['fleet', edge => textOf(edge['fleet'])],
      ['replaced', edge => named(edge['previous'])],
      ['by', edge => named(edge['next'])],
      ['route', edge => textOf(edge['route']) || 'replace'],
      ['hosts', edge => textOf(edge['hosts'])],
      ['kept', edge => count(edge['kept'])],
      ['repatched', edge => count(edge['repatched'])],
      ['added', edge => count(edge['added'])],
      ['reverted', edge => count(edge['reverted'])],
      ['left open', edge => textsOf(edge['leftOpen']).join(', ')],
      ['change', edge => textOf(edge['change'])],
    ],
    'It has replaced nothing, and nothing has replaced it.',
  )
  return undefined
}
