import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type InspectedModule, type ReadOptions, readModule } from '../../shared/livepatch/index.ts'

export const DATA = join(import.meta.dirname, '..', 'data', 'ko')
export const EXAMPLES = join(import.meta.dirname, '..', '..', 'examples', 'livepatches')

export const given = (file: string): Uint8Array => readFileSync(join(DATA, 'given', file))
export const bad = (file: string): Uint8Array => readFileSync(join(DATA, 'bad', file))
export const built = (name: string, suffix = '.ko'): Uint8Array => readFileSync(join(DATA, 'built', `${name}${suffix}`))
export const example = (name: string): Uint8Array => readFileSync(join(EXAMPLES, `${name}.ko`))
export const givenFiles = (): string[] => readdirSync(join(DATA, 'given')).sort()

const json = (file: string): unknown => JSON.parse(readFileSync(join(DATA, file), 'utf8'))
type Entry = Record<string, unknown> & { signature: Record<string, unknown> & { withCertificates?: unknown } }
const isEntries = (value: unknown): value is { files: Record<string, Entry> } =>
  typeof value === 'object' && value !== null && 'files' in value
const isList = (value: unknown): value is { file: string; outcome: string; wrong: string; expect: string }[] => Array.isArray(value)

export const expected = (): Record<string, Entry> => {
  const value = json('expected.json')
  if (!isEntries(value)) throw new TypeError('expected.json has no files')
  return value.files
}

export const badList = (): { file: string; outcome: string; wrong: string; expect: string }[] => {
  const value = json('bad.json')
  if (!isList(value)) throw new TypeError('bad.json is no list')
  return value
}

export const certificate = (folder: 'keys' | 'built', name: string): { name: string; bytes: Uint8Array } => ({
  name,
  bytes: readFileSync(join(DATA, folder, `${name}.pem`)),
})

/** The module in a file that must be readable. */
export const read = (bytes: Uint8Array, options?: ReadOptions): InspectedModule => {
  const result = readModule(bytes, options)
  if (!result.ok) throw new Error(`refused: ${result.error.code}: ${result.error.reason}`)
  return result.module
}
