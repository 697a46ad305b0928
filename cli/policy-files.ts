import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadPolicies, PolicyError, type PolicySet } from '../shared/policy/index.ts'
import { Failure } from './failure.ts'
import { readText } from './files.ts'
import type { Shell } from './shell.ts'
import { messageOf } from './system-error.ts'

/** The policies that this release comes with. */
const HOUSE = fileURLToPath(new URL('../shared/policy/cedar', import.meta.url))

const listed = ({ cwd }: Shell, directory: string): readonly string[] => {
  try {
    return readdirSync(resolve(cwd, directory)).sort()
  } catch (error) {
    throw new Failure('failure', `${directory}: ${messageOf(error)}`)
  }
}

const textsOf = (shell: Shell, directory: string, ending: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    listed(shell, directory)
      .filter(file => file.endsWith(ending))
      .map(file => [directory === HOUSE ? file : join(directory, file), readText(shell, join(directory, file))]),
  )

const filesOf = (shell: Shell, directory: string) => {
  const policies = textsOf(shell, directory, '.cedar')
  if (Object.keys(policies).length === 0) throw new Failure('failure', `${directory}: there is no .cedar file in it`)
  const schema = Object.values(textsOf(shell, directory, '.cedarschema')).join('\n')
  return { schema, policies, freezes: Object.values(textsOf(shell, directory, 'freezes.json'))[0] }
}

/**
 * The policies of a folder. A folder with a schema of its own stands alone; one without is a team's, and is read beside those that
 * this release comes with; a freezes.json of its own takes the place of theirs. No folder: these alone. A Failure tells every fault with its file.
 */
export const policiesOf = (shell: Shell, directory: string | undefined): PolicySet => {
  const given = directory === undefined ? null : filesOf(shell, directory)
  const house = given === null || given.schema === '' ? filesOf(shell, HOUSE) : null
  const schema = given?.schema || (house?.schema ?? '')
  try {
    return loadPolicies({ schema, policies: { ...house?.policies, ...given?.policies }, freezes: given?.freezes ?? house?.freezes })
  } catch (error) {
    if (error instanceof PolicyError) throw new Failure('refusedFile', error.message)
    throw error
  }
}
