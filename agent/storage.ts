import { chmod, mkdir, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf } from './failure.ts'

/** `machine` is the simulated machine of a simulated host. */
type Document = 'identity' | 'state' | 'machine'

/**
 * Where a host keeps what must survive a restart: its identity, what the agent has accepted and done, and the module files that it
 * loaded. A document that was written is on disk before the agent acts on it.
 */
export type Storage = {
  /** Null: it was never written. Throws where it cannot be read. */
  read(name: Document): Promise<unknown>
  write(name: Document, document: unknown): Promise<void>
  /** A module file by digest; null where there is none. */
  module(digest: string): Promise<{ readonly bytes: Uint8Array; readonly path: string | null } | null>
  keepModule(digest: string, bytes: Uint8Array): Promise<{ readonly path: string | null }>
}

const readIfThere = async (path: string): Promise<Buffer | null> => {
  try {
    return await readFile(path)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
}

/** Replaces a file as a whole: a crash leaves the old or the new one. The name is synced with its folder. */
const replaceFile = async (folder: string, name: string, bytes: string | Uint8Array): Promise<void> => {
  const path = join(folder, name)
  const draft = `${path}.new`
  const file = await open(draft, 'w', 0o600)
  try {
    await file.chmod(0o600)
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(draft, path)
  const directory = await open(folder, 'r')
  await directory.sync().finally(() => directory.close())
}

/** Keeps everything in a folder that only its owner may enter; the key's file is readable by nobody else either. */
export const folderStorage = async (folder: string): Promise<Storage> => {
  const modules = join(folder, 'modules')
  await mkdir(modules, { recursive: true, mode: 0o700 })
  await chmod(folder, 0o700)
  return {
    read: async name => {
      const bytes = await readIfThere(join(folder, `${name}.json`))
      return bytes === null ? null : JSON.parse(bytes.toString('utf8'))
    },
    write: (name, document) => replaceFile(folder, `${name}.json`, `${JSON.stringify(document, null, 2)}\n`),
    module: async digest => {
      const path = join(modules, `${digest}.ko`)
      const bytes = await readIfThere(path)
      return bytes === null ? null : { bytes, path }
    },
    keepModule: async (digest, bytes) => {
      await replaceFile(modules, `${digest}.ko`, bytes)
      return { path: join(modules, `${digest}.ko`) }
    },
  }
}

/** Keeps everything in memory; for simulated hosts that share one process. `documents` may be saved and given back. */
export const memoryStorage = (
  documents: Map<string, unknown> = new Map(),
  modules: Map<string, Uint8Array> = new Map(),
): Storage & { readonly documents: ReadonlyMap<string, unknown> } => ({
  documents,
  read: async name => documents.get(name) ?? null,
  write: async (name, document) => {
    documents.set(name, document)
  },
  module: async digest => {
    const bytes = modules.get(digest)
    return bytes ? { bytes, path: null } : null
  },
  keepModule: async (digest, bytes) => {
    modules.set(digest, bytes)
    return { path: null }
  },
})
