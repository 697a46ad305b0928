import { loadPolicies, PolicyError, type PolicySet, policyTextsOf } from '../shared/policy/index.ts'
import { Failure } from './failure.ts'
import type { Input } from './input.ts'
import { listOf, numberOf, objectOf, objectsOf, textOf } from './terminal/read-json.ts'

const freezesIn = (text: string): readonly unknown[] => {
  try {
    return listOf(objectOf(JSON.parse(text))['freezes'])
  } catch {
    return []
  }
}

/** The policies in force on the server, to be asked here: what is deployed, with the edition on top. */
export const activePolicies = async (input: Input): Promise<PolicySet> => {
  const answer = objectOf((await input.api().call('show-policies', { query: {} })).body)
  const files = objectsOf(answer['files']).map(({ path, text }) => [textOf(path), textOf(text)] as const)
  /* Freezes of both hold; of everything else the edition's come last. */
  const freezes = files.filter(([path]) => path === 'freezes.json').flatMap(([, text]) => freezesIn(text))
  const texts = {
    ...Object.fromEntries(files),
    'schema.cedarschema': textOf(answer['schema']),
    'freezes.json': JSON.stringify({ freezes }),
  }
  try {
    return loadPolicies({ ...policyTextsOf(texts), edition: numberOf(answer['edition']) })
  } catch (error) {
    if (error instanceof PolicyError) throw new Failure('failure', `the server's policies cannot be asked here: ${error.message}`)
    throw error
  }
}
