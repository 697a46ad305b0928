import type { Limits } from '../limits.ts'
import type { Warnings } from '../warnings.ts'

/**
 * A signed module is `ELF | PKCS#7 in DER | struct module_signature | magic` (scripts/sign-file.c; include/linux/module_signature.h).
 * module_signature: algo 0, hash 1, id_type 2, signer_len 3, key_id_len 4, padding 5, sig_len 8, big-endian on every CPU.
 */
const MAGIC = Buffer.from('~Module signature appended~\n', 'latin1')
const BLOCK_BYTES = 12
const PKCS7 = 2
/** How far before the end a stray magic is looked for. */
const STRAY_BYTES = 4096

export type Split =
  | { kind: 'unsigned'; elf: Uint8Array }
  | { kind: 'malformed'; elf: Uint8Array; why: string }
  | { kind: 'signed'; elf: Uint8Array; der: Uint8Array; inner: boolean }

const endsInMagic = (bytes: Uint8Array): boolean =>
  bytes.length >= MAGIC.length && MAGIC.equals(bytes.subarray(bytes.length - MAGIC.length))

/** Takes the outermost signature off, checked as mod_check_sig in kernel/module_signature.c does. */
export const splitSignature = (file: Uint8Array, limits: Limits, warnings: Warnings): Split => {
  if (!endsInMagic(file)) {
    const tail = Math.max(0, file.length - STRAY_BYTES)
    const stray = Buffer.from(file.buffer, file.byteOffset + tail, file.length - tail).lastIndexOf(MAGIC)
    if (stray !== -1)
      warnings.add(
        'signature-not-at-end',
        null,
        tail + stray,
        'the mark of a signature, but not at the end: the kernel takes the module for unsigned',
      )
    return { kind: 'unsigned', elf: file }
  }
  const end = file.length - MAGIC.length
  const why = end < BLOCK_BYTES ? 'nothing stands before the mark' : faultOf(file.subarray(end - BLOCK_BYTES, end), end, limits)
  if (why !== null) {
    warnings.add('malformed-signature', null, Math.max(0, end - BLOCK_BYTES), why)
    return { kind: 'malformed', elf: file, why }
  }
  const length = new DataView(file.buffer, file.byteOffset + end - 4, 4).getUint32(0)
  const elf = file.subarray(0, end - BLOCK_BYTES - length)
  return { kind: 'signed', elf, der: file.subarray(elf.length, end - BLOCK_BYTES), inner: endsInMagic(elf) }
}

const faultOf = (block: Uint8Array, end: number, limits: Limits): string | null => {
  const length = new DataView(block.buffer, block.byteOffset + 8, 4).getUint32(0)
  if (length >= end - BLOCK_BYTES) return `a signature of ${length} bytes does not fit into the file`
  if (block[2] !== PKCS7) return `the form of the signature is ${block[2]}, not 2 (PKCS#7); 0 and 1 ended with Linux 4.2`
  if ([0, 1, 3, 4, 5, 6, 7].some(index => block[index] !== 0)) return 'fields that are zero for PKCS#7 are not'
  if (length === 0) return 'a signature of 0 bytes'
  return length > limits.signatureBytesMax ? `a signature of ${length} bytes, ${limits.signatureBytesMax} are allowed` : null
}
