import { sha256 } from '../shared/canonical/index.ts'
import type { Stack } from '../shared/kernel/index.ts'
import type { Manifest } from '../shared/livepatch/index.ts'
import { messageOf } from './failure.ts'
import type { HttpClient } from './http-client.ts'
import type { Storage } from './storage.ts'

/** Reads what a module file says of itself; null where that is not possible without running it. */
export type ReadManifest = (bytes: Uint8Array, digest: string, name: string) => Manifest | null

type Wanted = { readonly digest: string; readonly size: number; readonly location: string }
type Obtained =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly code: 'download-failed' | 'digest-mismatch'; readonly detail: string }

/** Reads no byte beyond the size that was signed. The request carries no token: the digest is what makes the file the right one. */
const download = async ({ digest, size, location }: Wanted, http: HttpClient): Promise<Obtained> => {
  try {
    const { status, body } = await http.get(location, {}, size)
    if (status !== 200) return { ok: false, code: 'download-failed', detail: `${location} answers ${status}` }
    const found = sha256(body)
    if (found === digest && body.length === size) return { ok: true, bytes: body }
    return {
      ok: false,
      code: 'digest-mismatch',
      detail: `the file at ${location} has ${body.length} bytes and the digest ${found}, not ${digest}`,
    }
  } catch (error) {
    const detail = messageOf(error)
    const code = detail.includes('is longer than') ? 'digest-mismatch' : 'download-failed'
    return { ok: false, code, detail }
  }
}

/** The module file of a directive: the one kept from earlier if it is whole, else the downloaded one, which is then kept. */
export const obtainModule = async (wanted: Wanted, http: HttpClient, storage: Storage): Promise<Obtained> => {
  const kept = await storage.module(wanted.digest)
  if (kept && sha256(kept.bytes) === wanted.digest) return { ok: true, bytes: kept.bytes }
  const obtained = await download(wanted, http)
  if (obtained.ok) await storage.keepModule(wanted.digest, obtained.bytes)
  return obtained
}

/** Manifests of the livepatches of a stack whose files the agent kept. */
export const keptManifests = async (stack: Stack, storage: Storage, read: ReadManifest): Promise<readonly Manifest[]> => {
  const found = await Promise.all(
    [...stack.livepatches, ...stack.resident].map(async ({ name, digest }) => {
      const kept = digest === null ? null : await storage.module(digest)
      return digest !== null && kept && sha256(kept.bytes) === digest ? read(kept.bytes, digest, name) : null
    }),
  )
  return found.filter(manifest => manifest !== null)
}
