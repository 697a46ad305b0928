import type { Api } from './api.ts'
import { Failure } from './failure.ts'
import { type JsonObject, objectOf, objectsOf, textOf } from './terminal/read-json.ts'

/** The receiver that a person named: by id, or by a name that only one has. */
export const findReceiver = async (api: Api, reference: string): Promise<JsonObject> => {
  const all = objectsOf(objectOf((await api.call('list-receivers')).body)['items'])
  const found = all.filter(receiver => textOf(receiver['id']) === reference || textOf(receiver['name']) === reference)
  const [first, ...others] = found
  if (first === undefined) throw new Failure('notFound', `no receiver is called ${reference}`, 'supersede receiver list lists them')
  if (others.length > 0)
    throw new Failure(
      'usage',
      `${reference} names ${found.length} receivers`,
      `name one by its id: ${found.map(one => textOf(one['id'])).join(', ')}`,
    )
  return first
}
