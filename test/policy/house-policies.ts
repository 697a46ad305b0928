import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { loadPolicies } from '../../shared/policy/index.ts'

const folder = fileURLToPath(new URL('../../shared/policy/cedar/', import.meta.url))
const read = (file: string) => readFileSync(`${folder}${file}`, 'utf8')

/** Schema and policies as files, for tests that edit them. */
export const houseFiles = {
  schema: read('schema.cedarschema'),
  freezes: read('freezes.json'),
  settings: read('settings.json'),
  policies: Object.fromEntries(
    readdirSync(folder)
      .filter(file => file.endsWith('.cedar'))
      .map(file => [file, read(file)]),
  ),
}

/** The policies that the house comes with. */
export const housePolicies = loadPolicies(houseFiles)
