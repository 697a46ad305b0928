import { readdirSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadPolicies, PolicyError, type PolicySet, type PolicyTexts, policyTextsOf } from '../shared/policy/index.ts'
import { Failure } from './failure.ts'
import { readText } from './files.ts'
import type { Shell } from './shell.ts'
import { messageOf } from './system-error.ts'
import { objectOf } from './terminal/read-json.ts'

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
  const { policies, teams = {}, freezes, settings } = texts
  if (Object.keys(policies).length + Object.keys(teams).length === 0 && freezes === undefined && settings === undefined)
    throw new Failure('failure', `${directory}: there is no .cedar file in it, and neither freezes.json nor settings.json`)
  return texts
}

/** Freezes come to those of the release, as an edit's come to what is deployed. Whoever reads one that is not written well says what is wrong. */
const freezesOf = (house: string | undefined, given: string | undefined): string | undefined => {
  if (house === undefined || given === undefined) return given ?? house
  try {
    const [deployed, added] = [house, given].map(text => objectOf(JSON.parse(text))['freezes'])
    return Array.isArray(deployed) && Array.isArray(added) ? JSON.stringify({ freezes: [...deployed, ...added] }) : given
  } catch {
    return given
  }
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
  freezes: freezesOf(house.freezes, given.freezes),
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
 * this release comes with; its freezes come to theirs, and a settings.json of its own takes the place of theirs. No folder: these alone. A Failure tells
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
