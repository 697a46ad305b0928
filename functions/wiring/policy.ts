import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { authorize, loadPolicies, type PolicySet } from '../../shared/policy/index.ts'
import type { Ports } from '../ports.ts'
import { lazily, optional } from './environment.ts'

/** Deployed, the policies lie beside the function; in the source tree, in the policy room. */
const directory = (): string => {
  const deployed = join(optional('LAMBDA_TASK_ROOT', '/var/task'), 'policy')
  return existsSync(deployed) ? deployed : fileURLToPath(new URL('../../shared/policy/cedar', import.meta.url))
}

const load = (from: string): PolicySet => {
  const texts = readdirSync(from)
    .sort()
    .map(file => [file, readFileSync(join(from, file), 'utf8')] as const)
  const policies = Object.fromEntries(texts.filter(([file]) => file.endsWith('.cedar')))
  const schema = texts.find(([file]) => file.endsWith('.cedarschema'))?.[1] ?? ''
  const freezes = texts.find(([file]) => file === 'freezes.json')?.[1]
  return loadPolicies({ schema, policies, freezes })
}

const set = lazily(() => load(directory()))

/** Parsed and validated once; policies that are not understood let nobody do anything. */
export const policy: Ports['policy'] = { set, authorize: request => authorize(set(), request) }
