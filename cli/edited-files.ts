import { readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Failure } from './failure.ts'
import { readText } from './files.ts'
import type { Shell } from './shell.ts'

/** What an edit may hold, as the end of a path on this machine. */
const EDITABLE = /(?:^|[\\/])((?:house[\\/][^\\/]+|fleets[\\/][^\\/]+[\\/][^\\/]+)\.cedar|settings\.json|freezes\.json)$/

const nameOf = (file: string): string | null => EDITABLE.exec(file)?.[1]?.replaceAll('\\', '/') ?? null

const isFolder = ({ cwd }: Shell, path: string): boolean => statSync(resolve(cwd, path), { throwIfNoEntry: false })?.isDirectory() ?? false

const filesIn = ({ cwd }: Shell, folder: string): readonly string[] =>
  readdirSync(resolve(cwd, folder), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
    .filter(file => nameOf(file) !== null)
    .sort()

/** Texts by the names that they have on the server. Of a folder: whatever in it has such a name. */
export const editedFiles = (shell: Shell, paths: readonly string[]): ReadonlyMap<string, string> => {
  const files = new Map<string, string>()
  for (const path of paths)
    for (const file of isFolder(shell, path) ? filesIn(shell, path) : [path]) {
      const name = nameOf(file)
      if (name === null)
        throw new Failure(
          'usage',
          `${path} is no file of the policies that can be edited`,
          'there are house/NAME.cedar, fleets/FLEET/NAME.cedar, settings.json and freezes.json; what is deployed is changed by a deployment',
        )
      files.set(name, readText(shell, file))
    }
  return files
}
