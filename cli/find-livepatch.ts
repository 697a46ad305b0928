import type { Api } from './api.ts'
import { Failure } from './failure.ts'
import { shortDigest } from './terminal/format.ts'
import { type JsonObject, objectOf, objectsOf, textOf } from './terminal/read-json.ts'

const DIGEST = /^[0-9a-f]{64}$/
const PAGES_MAX = 50

const matches = (reference: string) => {
  const [series, version] = reference.split('@')
  return (patch: JsonObject): boolean =>
    textOf(patch['name']) === reference ||
    (version !== undefined && textOf(patch['series']) === series && textOf(patch['version']) === version) ||
    (/^[0-9a-f]{6,63}$/.test(reference) && textOf(patch['digest']).startsWith(reference))
}

/** The digest of a livepatch that a person named: by digest, the beginning of one (6 digits), module name, or series@version. */
export const findLivepatch = async (api: Api, reference: string): Promise<string> => {
  if (DIGEST.test(reference)) return reference
  const found: string[] = []
  let cursor: string | undefined
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const { body } = await api.call('list-patches', { query: { limit: '100', cursor } })
    found.push(
      ...objectsOf(objectOf(body)['items'])
        .filter(matches(reference))
        .map(patch => textOf(patch['digest'])),
    )
    cursor = textOf(objectOf(body)['next']) || undefined
    if (cursor === undefined) break
  }
  const [first, ...others] = new Set(found)
  if (first === undefined)
    throw new Failure(
      'notFound',
      `no livepatch is called ${reference}`,
      'supersede patch list lists them; a digest, a name or series@version names one',
    )
  if (others.length > 0)
    throw new Failure('usage', `${reference} names ${found.length} livepatches: ${[first, ...others].map(shortDigest).join(', ')}`)
  return first
}
