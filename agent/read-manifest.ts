import { Digest, type Manifest, manifestOf, readModule } from '../shared/livepatch/index.ts'

/**
 * What a module file says of itself, for the agent's own simulation. Series and version may be known to the submission only; they do
 * not matter to the kernel, so they are filled in. Null where the file cannot be read without running it.
 */
export const readManifest = (bytes: Uint8Array, digest: string, name: string): Manifest | null => {
  const read = readModule(bytes, { file: `${name}.ko` })
  if (!read.ok) return null
  const { series, version } = read.module.statements
  const statement = { ...(series === null ? { series: 'unstated' } : {}), ...(version === null ? { version: '0' } : {}) }
  const result = manifestOf(read.module, statement, { digest: Digest.parse(digest), size: bytes.length })
  return result.ok && result.manifest.name === name ? result.manifest : null
}
