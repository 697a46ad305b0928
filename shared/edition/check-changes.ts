import type { PolicySet, PolicyTexts } from '../policy/index.ts'
import { type ActivePolicies, loadLayered } from './layer.ts'
import {
  changedFiles,
  type Fault,
  type FileChanges,
  faultsOfNames,
  faultsOfWhole,
  fleetsNamed,
  type PolicyFiles,
  placeOf,
} from './policy-files.ts'
import { closedWaysBack } from './way-back.ts'

export type Checked =
  | { readonly ok: true; readonly set: PolicySet; readonly files: PolicyFiles }
  | { readonly ok: false; readonly faults: readonly Fault[] }

const unchanged = (files: PolicyFiles, changes: FileChanges): readonly Fault[] =>
  Object.entries(changes).flatMap(([path, text]) => {
    const before = Object.hasOwn(files, path) ? files[path] : undefined
    if (text === null && before === undefined) return [{ path, message: 'there is no such file to take away' }]
    return text === before ? [{ path, message: 'it is exactly so already' }] : []
  })

const deployed = ({ policies, teams = {} }: PolicyTexts, changes: FileChanges): readonly Fault[] =>
  Object.keys(changes).flatMap(path => {
    const [, fleet = '', name = ''] = path.split('/')
    const isThere = Object.hasOwn(policies, path) || teams[fleet]?.[name] !== undefined
    return isThere ? [{ path, message: 'a deployed file has this name; take another one' }] : []
  })

/** What names a fleet that there is not would hold nothing back. What is in force already may name one: nobody edits that here. */
const unknownFleets = ({ edition, floor }: ActivePolicies, changes: FileChanges, fleets: ReadonlySet<string>): readonly Fault[] =>
  Object.entries(changes).flatMap(([path, text]) => {
    if (text === null) return []
    const before = edition.files[path] ?? (path === 'settings.json' ? floor.settings : undefined) ?? ''
    const known = new Set([...fleets, ...(placeOf(path)?.kind === 'fleet' ? [] : fleetsNamed(path, before))])
    const unknown = new Set(fleetsNamed(path, text).filter(fleet => !known.has(fleet)))
    return Array.from(unknown, fleet => ({
      path: placeOf(path)?.kind === 'fleet' ? `fleets/${fleet}/` : path,
      message: `there is no fleet ${fleet}`,
    }))
  })

const PERMITS = 'a rule that is added while Supersede runs can only forbid; what is permitted is deployed'
const permits = (set: PolicySet): readonly Fault[] =>
  set.policies
    .filter(({ file, effect }) => placeOf(file)?.kind === 'house' && effect !== 'forbid')
    .map(({ file, id }) => ({ path: file, message: `${id}: ${PERMITS}` }))

const freezeNames = (set: PolicySet): readonly Fault[] => {
  const names = set.freezes.map(({ name }) => name)
  const twice = [...new Set(names.filter((name, index) => names.indexOf(name) !== index))]
  return twice.map(name => ({ path: 'freezes.json', message: `the name ${name} is taken already` }))
}

/** A freeze that is added names who answers for it; deployed ones are not this edit's. */
const ownerless = ({ freezes }: PolicySet, { freezes: before }: PolicySet): readonly Fault[] =>
  freezes
    .slice(before.length)
    .filter(({ owner }) => owner === undefined)
    .map(({ name }) => ({ path: 'freezes.json', message: `${name} has no owner: name the person or the group that answers for it` }))

const ownerlessIn = (floor: PolicyTexts, path: string, set: PolicySet): readonly Fault[] => {
  const deployedOnly = path === 'freezes.json' ? loadLayered(floor, { number: set.edition, files: {} }) : null
  return deployedOnly?.ok ? ownerless(set, deployedOnly.set) : []
}

/** Each file by itself on the deployed policies, so that one broken file does not hide what is wrong with another. */
const faultsOfEach = ({ floor, edition }: ActivePolicies, changes: FileChanges): readonly Fault[] =>
  Object.entries(changes).flatMap(([path, text]) => {
    if (text === null) return []
    const loaded = loadLayered(floor, { number: edition.number + 1, files: { [path]: text } })
    const faults = loaded.ok ? [...permits(loaded.set), ...freezeNames(loaded.set), ...ownerlessIn(floor, path, loaded.set)] : loaded.faults
    /* Without it the deployed policies are sound. */
    return faults.map(fault => ({ ...fault, path: fault.path || path }))
  })

const faultsOfSet = (set: PolicySet): readonly Fault[] => [
  ...permits(set),
  ...freezeNames(set),
  ...closedWaysBack(set).map(message => ({ path: '', message })),
]

/**
 * Whether files may be changed so: the policies that would be in force then, or every fault that can be told. `fleets`: those that there are,
 * at least of the ones that the changes name.
 */
export const checkChanges = (active: ActivePolicies, changes: FileChanges, fleets: ReadonlySet<string>): Checked => {
  const named = faultsOfNames(changes)
  if (named.length > 0) return { ok: false, faults: named }
  const faults = [
    ...deployed(active.floor, changes),
    ...unchanged(active.edition.files, changes),
    ...unknownFleets(active, changes, fleets),
    ...faultsOfEach(active, changes),
  ]
  if (faults.length > 0) return { ok: false, faults }
  const files = changedFiles(active.edition.files, changes)
  const loaded = loadLayered(active.floor, { number: active.edition.number + 1, files })
  const whole = [...faultsOfWhole(files), ...(loaded.ok ? faultsOfSet(loaded.set) : loaded.faults)]
  return loaded.ok && whole.length === 0 ? { ok: true, set: loaded.set, files } : { ok: false, faults: whole }
}
