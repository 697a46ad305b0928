/** What people may lay on the deployed policies: path → whole text. */
export type PolicyFiles = Readonly<Record<string, string>>
/** The same as a change of it: null takes a file away. */
export type FileChanges = Readonly<Record<string, string | null>>

/** What is wrong with one file of an edit; `path` is empty where it is about all of them together. */
export type Fault = { readonly path: string; readonly message: string }

/** Where a file belongs. Rules of the house and of a fleet only ever forbid. */
export type Place = { readonly kind: 'house' | 'calendar' | 'settings' } | { readonly kind: 'fleet'; readonly fleet: string }

/** Bytes of one file, of an edit's files together, and of an edition's: each is stored as one item, of which 400 KB are the bound. */
export const FILE_BYTES_MAX = 65_536
const EDITION_BYTES_MAX = 262_144
export const CHANGED_FILES_MAX = 32

const RULES = /^house\/[a-z0-9][a-z0-9-]{0,63}\.cedar$/
/* The name of a fleet as shared/fleet has it, and nothing that a path could climb with. */
const FLEET_RULES = /^fleets\/([A-Za-z0-9][A-Za-z0-9._-]{0,63})\/[a-z0-9][a-z0-9-]{0,63}\.cedar$/

/** Null: no file of that name is known here. Names are matched whole and as they are: nothing is normalised, so nothing means two things. */
export const placeOf = (path: string): Place | null => {
  if (path === 'freezes.json') return { kind: 'calendar' }
  if (path === 'settings.json') return { kind: 'settings' }
  if (RULES.test(path)) return { kind: 'house' }
  const [, fleet] = FLEET_RULES.exec(path) ?? []
  return fleet === undefined ? null : { kind: 'fleet', fleet }
}

const NAMES = 'house/NAME.cedar, fleets/FLEET/NAME.cedar (lower-case letters, digits and hyphens), settings.json and freezes.json'
const bytesOf = (text: string): number => Buffer.byteLength(JSON.stringify(text))

const faultsOfFile = ([path, text]: readonly [string, string | null]): readonly Fault[] => {
  if (placeOf(path) === null) return [{ path, message: `there is no such file; there are ${NAMES}` }]
  if (text === null) return []
  if (!text.isWellFormed() || text.includes('\0')) return [{ path, message: 'it is no text' }]
  if (text.trim() === '') return [{ path, message: 'it is empty; take the file away instead' }]
  return bytesOf(text) > FILE_BYTES_MAX ? [{ path, message: `it has more than ${FILE_BYTES_MAX} bytes` }] : []
}

/** What is wrong with an edit before anything of it is understood. */
export const faultsOfNames = (changes: FileChanges): readonly Fault[] => {
  const files = Object.entries(changes)
  if (files.length === 0) return [{ path: '', message: 'it changes no file' }]
  if (files.length > CHANGED_FILES_MAX) return [{ path: '', message: `it changes more than ${CHANGED_FILES_MAX} files` }]
  const faults = files.flatMap(faultsOfFile)
  const bytes = files.reduce((sum, [, text]) => sum + (text === null ? 0 : bytesOf(text)), 0)
  return bytes > EDITION_BYTES_MAX ? [...faults, { path: '', message: `its files have more than ${EDITION_BYTES_MAX} bytes` }] : faults
}

/** The files after a change, in the order of their paths. */
export const changedFiles = (files: PolicyFiles, changes: FileChanges): PolicyFiles =>
  Object.fromEntries(
    Object.entries({ ...files, ...changes })
      .flatMap(([path, text]) => (text === null ? [] : [[path, text] as const]))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )

/** Faults that only show in the whole: too much altogether. */
export const faultsOfWhole = (files: PolicyFiles): readonly Fault[] =>
  bytesOf(JSON.stringify(files)) > EDITION_BYTES_MAX
    ? [{ path: '', message: `all files together would have more than ${EDITION_BYTES_MAX} bytes; take some away` }]
    : []

/** The fleet whose own rules alone are touched; null: more than that is. */
export const fleetOf = (paths: readonly string[]): string | null => {
  const fleets = new Set(
    paths.map(path => {
      const place = placeOf(path)
      return place?.kind === 'fleet' ? place.fleet : null
    }),
  )
  const [only = null] = fleets
  return fleets.size === 1 ? only : null
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const parsed = (text: string): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : {}
  } catch {
    /* Whoever reads it says what is wrong with it. */
    return {}
  }
}

const namesIn = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter(name => typeof name === 'string') : isObject(value) ? Object.keys(value) : []

/** Fleets that a file speaks about: by its place, or by name as a calendar and settings do. */
export const fleetsNamed = (path: string, text: string): readonly string[] => {
  const place = placeOf(path)
  switch (place?.kind) {
    case 'fleet':
      return [place.fleet]
    case 'calendar': {
      const { freezes } = parsed(text)
      return Array.isArray(freezes) ? freezes.flatMap(freeze => (isObject(freeze) ? namesIn(freeze['fleets']) : [])) : []
    }
    case 'settings': {
      const { tiers, windows, stricter } = parsed(text)
      return [tiers, windows, stricter].flatMap(namesIn).filter(name => name !== '*')
    }
    default:
      return []
  }
}

/** Fleets that a change brings something about. */
export const fleetsIn = (changes: FileChanges): readonly string[] => [
  ...new Set(Object.entries(changes).flatMap(([path, text]) => (text === null ? [] : fleetsNamed(path, text)))),
]
