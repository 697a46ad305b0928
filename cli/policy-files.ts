import { readdirSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadPolicies, PolicyError, type PolicySet, type PolicyTexts, policyTextsOf } from '../shared/policy/index.ts'
import { Failure } from './failure.ts'
import { readText } from './files.ts'
import type { Shell } from './shell.ts'
import { messageOf } from './system-error.ts'

/** The policies that this release comes with. */
const HOUSE = fileURLToPath(new URL('../shared/policy/cedar', import.meta.url))

const READ = /\.(cedar|cedarschema|json)$/

const listed = ({ cwd }: Shell, directory: string): readonly string[] => {
  const from = resolve(cwd, directory)
  try {
    return readdirSync(from, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile() && READ.test(entry.name))
      .map(entry => relative(from, join(entry.parentPath, entry.name)))
      .sort()
  } catch (error) {
    throw new Failure('failure', `${directory}: ${messageOf(error)}`)
  }
}

/** The files of a policy folder that mean something: path in it → text. */
const policyFilesOf = (shell: Shell, directory: string): Readonly<Record<string, string>> =>
  Object.fromEntries(listed(shell, directory).map(file => [file, readText(shell, join(directory, file))]))

const textsOf = (shell: Shell, directory: string): PolicyTexts => {
  const texts = policyTextsOf(policyFilesOf(shell, directory))
  const rules = Object.keys(texts.policies).length + Object.keys(texts.teams ?? {}).length
  if (rules === 0) throw new Failure('failure', `${directory}: there is no .cedar file in it`)
  return texts
}

/** A team's files beside those of the release; one of the same name stands beside it, under its folder's name, and takes nothing's place. */
const beside = (house: PolicyTexts, given: PolicyTexts, directory: string): PolicyTexts => ({
  schema: house.schema,
  policies: {
    ...house.policies,
    ...Object.fromEntries(
      Object.entries(given.policies).map(([file, text]) => [file in house.policies ? join(directory, file) : file, text]),
    ),
  },
  freezes: given.freezes ?? house.freezes,
  settings: given.settings ?? house.settings,
  teams: { ...house.teams, ...given.teams },
})

const load = (shell: Shell, directory: string | undefined): PolicySet => {
  if (directory === undefined) return loadPolicies(textsOf(shell, HOUSE))
  const given = textsOf(shell, directory)
  return loadPolicies(given.schema === '' ? beside(textsOf(shell, HOUSE), given, directory) : given)
}

/**
 * The policies of a folder. A folder with a schema of its own stands alone; one without is a team's, and is read beside those that
 * this release comes with; a freezes.json or settings.json of its own takes the place of theirs. No folder: these alone. A Failure tells
 * every fault with its file.
 */
export const policiesOf = (shell: Shell, directory: string | undefined): PolicySet => {
  try {
    return load(shell, directory)
  } catch (error) {
    if (error instanceof PolicyError)
      throw new Failure('refusedFile', directory === undefined ? error.message : `${directory}: ${error.message}`)
    throw error
  }
}
