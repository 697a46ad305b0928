import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type PolicyTexts, policyTextsOf } from '../../shared/policy/index.ts'
import { createPolicyLookup } from '../../shared/store/index.ts'
import { policyInForce } from '../policy-in-force.ts'
import { lazily, optional } from './environment.ts'
import { storeOptions } from './store-options.ts'

/** Deployed, the policies lie beside the function; in the source tree, in the policy room. */
const directory = (): string => {
  const deployed = join(optional('LAMBDA_TASK_ROOT', '/var/task'), 'policy')
  return existsSync(deployed) ? deployed : fileURLToPath(new URL('../../shared/policy/cedar', import.meta.url))
}

const read = (from: string): PolicyTexts => {
  const paths = readdirSync(from, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
  return policyTextsOf(Object.fromEntries(paths.map(path => [relative(from, path), readFileSync(path, 'utf8')])))
}

/** Read once, parsed and validated once an edition; policies that are not understood let nobody do anything. */
export const policy = policyInForce(
  lazily(() => read(directory())),
  lazily(() => createPolicyLookup(storeOptions())),
)
