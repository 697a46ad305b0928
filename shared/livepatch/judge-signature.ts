import { openContainer } from './container/open-container.ts'
import { DEFAULT_LIMITS } from './limits.ts'
import type { Manifest } from './manifest.ts'
import { describeSignature } from './signature/describe-signature.ts'
import { splitSignature } from './signature/split-signature.ts'
import type { Certificate } from './signature/verify-signature.ts'
import { collectWarnings } from './warnings.ts'

/**
 * What the signature of a module's file is worth to whoever trusts these certificates, in the words of a manifest; as `readModule` finds it,
 * but without reading the ELF file. Null: the file cannot be opened, or is not signed.
 */
export const judgeSignature = (
  bytes: Uint8Array,
  certificates: readonly Certificate[],
): Pick<Manifest['signature'], 'malformed' | 'valid' | 'trusted'> | null => {
  const warnings = collectWarnings(DEFAULT_LIMITS.warningsMax)
  const opened = openContainer(bytes, DEFAULT_LIMITS, warnings)
  if (!opened.ok) return null
  const { present, malformed, valid, trusted } = describeSignature(
    splitSignature(opened.value.bytes, DEFAULT_LIMITS, warnings),
    certificates,
    warnings,
  )
  if (!present) return null
  return {
    ...(malformed === undefined ? {} : { malformed }),
    ...(valid === undefined ? {} : { valid }),
    ...(trusted === undefined ? {} : { trusted }),
  }
}
