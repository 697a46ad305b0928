/** What reading one file may cost. Every number is a bound, and a file beyond it is refused or cut short with a warning. */
export type Limits = {
  /** Bytes that a compressed file may unfold to. */
  outputBytesMax: number
  /** Output bytes for each input byte, beyond the first 16 MiB of output. */
  compressionRatioMax: number
  /** Window (zstd) or dictionary (xz) that a stream may ask for, in bytes. */
  windowBytesMax: number
  /** Members, frames or streams in one compressed file. */
  framesMax: number
  sectionsMax: number
  symbolsMax: number
  /** Relocations of sections that are loaded; those of debug information are not read. */
  relocationsMax: number
  objectsMax: number
  functionsMax: number
  modinfoEntriesMax: number
  /** Longest name, as KSYM_NAME_LEN of recent kernels (include/linux/kallsyms.h). */
  nameBytesMax: number
  /** Bytes of the PKCS#7 structure at the end of a signed module. */
  signatureBytesMax: number
  warningsMax: number
}

const MEBIBYTE = 1024 * 1024

export const DEFAULT_LIMITS: Limits = {
  outputBytesMax: 256 * MEBIBYTE,
  compressionRatioMax: 1000,
  windowBytesMax: 128 * MEBIBYTE,
  framesMax: 256,
  sectionsMax: 65_535,
  symbolsMax: 1_000_000,
  relocationsMax: 1_000_000,
  objectsMax: 65_536,
  functionsMax: 32_768,
  modinfoEntriesMax: 16_384,
  nameBytesMax: 512,
  signatureBytesMax: 64 * 1024,
  warningsMax: 100,
}
