import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { authorize, loadPolicies, type PolicySet, policyTextsOf } from '../../shared/policy/index.ts'
import type { Ports } from '../ports.ts'
import { lazily, optional } from './environment.ts'

/** Deployed, the policies lie beside the function; in the source tree, in the policy room. */
const directory = (): string => {
  const deployed = join(optional('LAMBDA_TASK_ROOT', '/var/task'), 'policy')
  return existsSync(deployed) ? deployed : fileURLToPath(new URL('../../shared/policy/cedar', import.meta.url))
}

const load = (from: string): PolicySet => {
  const paths = readdirSync(from, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
  return loadPolicies(policyTextsOf(Object.fromEntries(paths.map(path => [relative(from, path), readFileSync(path, 'utf8')]))))
}

const set = lazily(() => load(directory()))

/** Parsed and validated once; policies that are not understood let nobody do anything. */
export const policy: Ports['policy'] = { set, authorize: request => authorize(set(), request) }
