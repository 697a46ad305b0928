import { loadPolicies, PolicyError, type PolicySet, type PolicyTexts } from '../policy/index.ts'
import { type Fault, type PolicyFiles, placeOf } from './policy-files.ts'

/** What lies on the deployed policies: immutable, numbered from 1 on. Number 0 stands for none, and has no files. */
export type Edition = { readonly number: number; readonly files: PolicyFiles }
export const NO_EDITION: Edition = { number: 0, files: {} }

const filesOf = (files: PolicyFiles, kind: 'house' | 'fleet'): readonly (readonly [string, string])[] =>
  Object.entries(files).filter(([path]) => placeOf(path)?.kind === kind)

/* A file of the deployment keeps its place: what would take it is read beside it. */
const rulesOf = (files: PolicyFiles, floor: PolicyTexts): PolicyTexts['policies'] =>
  Object.fromEntries(filesOf(files, 'house').map(([path, text]) => [path in floor.policies ? `edited/${path}` : path, text]))

const teamsOf = (files: PolicyFiles, floor: PolicyTexts): NonNullable<PolicyTexts['teams']> => {
  const teams = new Map(Object.entries(floor.teams ?? {}))
  for (const [path, text] of filesOf(files, 'fleet')) {
    const [, fleet = '', name = ''] = path.split('/')
    const file = teams.get(fleet)?.[name] === undefined ? name : `edited/${name}`
    teams.set(fleet, { ...teams.get(fleet), [file]: text })
  }
  return Object.fromEntries(teams)
}

const membersOf = (text: string): readonly unknown[] => {
  const parsed: unknown = JSON.parse(text)
  const freezes: unknown = typeof parsed === 'object' && parsed !== null && 'freezes' in parsed ? parsed.freezes : null
  if (!Array.isArray(freezes)) throw new SyntaxError('no list')
  return freezes
}

/** A freeze that was deployed is not lifted by an edit: those of the edition come to them. */
const freezesOf = (floor: string | undefined, added: string | undefined): string | undefined => {
  if (floor === undefined || added === undefined) return added ?? floor
  try {
    return JSON.stringify({ freezes: [...membersOf(floor), ...membersOf(added)] })
  } catch {
    /* Whoever reads it says what is wrong with it. */
    return added
  }
}

/**
 * The deployed policies (the floor) with an edition on top. Rules and freezes come to the deployed ones and take nothing away;
 * settings.json takes the place of the deployed one.
 */
export const layered = (floor: PolicyTexts, { number, files }: Edition): PolicyTexts => ({
  ...floor,
  policies: { ...rulesOf(files, floor), ...floor.policies },
  teams: teamsOf(files, floor),
  freezes: freezesOf(floor.freezes, files['freezes.json']),
  settings: files['settings.json'] ?? floor.settings,
  edition: number,
})

const EDITED = /^((?:house|fleets)\/[^:]+|settings\.json|freezes\.json): (.*)$/
const DEPLOYED = /^[\w.-]+\.cedar: /

/** The faults of a PolicyError, each with the file that it is about; a line that names none goes on with the one before. */
const faultsOfError = ({ message: text }: PolicyError): readonly Fault[] => {
  const faults: Fault[] = []
  for (const line of text.split('\n').filter(line => line !== '' && line !== 'The policies are refused:')) {
    const [, path, message] = EDITED.exec(line) ?? []
    const last = faults.at(-1)
    if (path !== undefined && message !== undefined) faults.push({ path, message })
    else if (last === undefined || DEPLOYED.test(line)) faults.push({ path: '', message: line })
    else faults[faults.length - 1] = { ...last, message: `${last.message} ${line.trim()}` }
  }
  return faults
}

export type Layered = { readonly ok: true; readonly set: PolicySet } | { readonly ok: false; readonly faults: readonly Fault[] }

export const loadLayered = (floor: PolicyTexts, edition: Edition): Layered => {
  try {
    return { ok: true, set: loadPolicies(layered(floor, edition)) }
  } catch (error) {
    if (error instanceof PolicyError) return { ok: false, faults: faultsOfError(error) }
    throw error
  }
}

const STANDSTILL = `@id("edition-does-not-fit")
@reason("policies that fit together: what is deployed and the edition on top of it contradict each other")
forbid (principal, action in Action::"move", resource);
`

/** The policies in force. `faults`: why the edition could not be laid on what is deployed; empty where it was. */
export type ActivePolicies = {
  readonly set: PolicySet
  readonly floor: PolicyTexts
  readonly edition: Edition
  readonly faults: readonly Fault[]
}

/**
 * What holds with an edition on a floor. An edition was checked on the floor of its day. Where a later deployment does not bear it, its rules
 * cannot be asked; then nothing is released and no wave opens, while people may look, stop, and edit the policies until they fit.
 */
export const activePolicies = (floor: PolicyTexts, edition: Edition): ActivePolicies => {
  const loaded = loadLayered(floor, edition)
  if (loaded.ok) return { set: loaded.set, floor, edition, faults: [] }
  const policies = { ...floor.policies, 'edition-does-not-fit.cedar': STANDSTILL }
  return { set: loadPolicies({ ...floor, policies, edition: edition.number }), floor, edition, faults: loaded.faults }
}
