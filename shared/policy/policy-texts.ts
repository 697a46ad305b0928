/** Everything that a policy set is made of, as text. */
export type PolicyTexts = {
  readonly schema: string
  /** Cedar text by file name. */
  readonly policies: Readonly<Record<string, string>>
  /** Text of freezes.json; nothing is frozen where it is left out. */
  readonly freezes?: string | undefined
  /** Text of settings.json. */
  readonly settings?: string | undefined
  /** Rules of fleets: Cedar text by file name, by fleet. */
  readonly teams?: Readonly<Record<string, Readonly<Record<string, string>>>> | undefined
  /**
   * Number of the edition among these texts; none where it is left out. It is part of the version: what was approved before an edit stays
   * void when the edit is undone.
   */
  readonly edition?: number | undefined
}

/** Policies that cannot be trusted to mean what they say. The message names each fault with its file. */
export class PolicyError extends Error {
  override name = 'PolicyError'
}

const TEAM_FILE = /^fleets\/([A-Za-z0-9][A-Za-z0-9._-]{0,63})\/([^/]+\.cedar)$/
/** Rules of the house lie in the folder itself, or as edits of them are named. */
const HOUSE_FILE = /^(house\/)?[^/]+\.cedar$/
const SETTINGS = ['freezes.json', 'settings.json']

const isExpected = (path: string): boolean =>
  TEAM_FILE.test(path) || SETTINGS.includes(path) || HOUSE_FILE.test(path) || /^[^/]+\.cedarschema$/.test(path)

const teamsIn = (files: Readonly<Record<string, string>>): NonNullable<PolicyTexts['teams']> => {
  const teams = new Map<string, Record<string, string>>()
  for (const [path, text] of Object.entries(files)) {
    const [, fleet, file] = TEAM_FILE.exec(path) ?? []
    if (fleet !== undefined && file !== undefined) teams.set(fleet, { ...teams.get(fleet), [file]: text })
  }
  return Object.fromEntries(teams)
}

/**
 * Sorts the files of a policy folder (path → text): `*.cedar` or `house/*.cedar`, `*.cedarschema`, `settings.json`, `freezes.json`, `fleets/<fleet>/*.cedar`.
 * Files of other kinds are left alone; a rule or a setting that lies where nobody would look for it is refused (PolicyError).
 */
export const policyTextsOf = (files: Readonly<Record<string, string>>): PolicyTexts => {
  const paths = Object.keys(files).sort()
  const strays = paths.filter(path => /\.(cedar|cedarschema|json)$/.test(path) && !isExpected(path))
  if (strays.length > 0) {
    const expected = `there are *.cedar or house/*.cedar, ${SETTINGS.join(', ')} and, of a fleet’s own, fleets/<fleet>/*.cedar`
    throw new PolicyError(strays.map(path => `${path}: nothing reads this file; ${expected}`).join('\n'))
  }
  const schemas = paths.filter(path => path.endsWith('.cedarschema'))
  const rules = paths.filter(path => HOUSE_FILE.test(path))
  return {
    schema: schemas.map(path => files[path]).join('\n'),
    policies: Object.fromEntries(rules.map(path => [path, files[path] ?? ''])),
    freezes: files['freezes.json'],
    settings: files['settings.json'],
    teams: teamsIn(files),
  }
}
