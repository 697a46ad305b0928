import { sha256 } from '../canonical/index.ts'
import { Digest } from './manifest.ts'

/** SHA-256 of a module's file as handed in, compressed or signed as it may be. */
export const digestOfModule = (bytes: Uint8Array): Digest => Digest.parse(sha256(bytes))
