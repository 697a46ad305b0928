import type { Run } from '../input.ts'
import { shortDigest, when } from '../terminal/format.ts'
import { printJson, printPage } from '../terminal/print.ts'
import { objectOf, objectsOf, textOf, textsOf } from '../terminal/read-json.ts'

/** Newest first: editions that people approved, and deployments, which nobody is asked about here. */
export const run: Run = async input => {
  const api = input.api()
  const [policies, editions] = await Promise.all([
    api.call('show-policies', {}),
    api.call('list-policy-editions', { query: { limit: '100' } }),
  ])
  const items = [
    ...objectsOf(objectOf(policies.body)['deployments']).map(deployment => ({ ...deployment, what: 'deployment' })),
    ...objectsOf(objectOf(editions.body)['items']).map(edition => ({ ...edition, what: 'edition' })),
  ].toSorted((a, b) => (textOf(objectOf(a)['at']) < textOf(objectOf(b)['at']) ? 1 : -1))
  if (input.json) {
    printJson(input.shell, { items })
    return undefined
  }
  printPage(
    input.shell,
    { items },
    [
      ['since', item => when(textOf(item['at']))],
      ['by', item => (item['what'] === 'edition' ? `edition ${textOf(item['number'])}, ${textOf(item['by'])}` : 'deployment')],
      ['before', item => shortDigest(textOf(item['from']))],
      ['since then', item => shortDigest(textOf(item['to']) || textOf(item['version']))],
      ['files', item => textsOf(item['changed'] ?? item['paths']).join(' ')],
    ],
    'Nothing was noted yet.',
  )
  return undefined
}
