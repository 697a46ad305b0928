/** Why a file is refused. The code is for programs, the reason for people. */
export const REFUSAL_CODES = [
  'empty',
  'truncated',
  'unknown-format',
  'unsupported-class',
  'bad-byte-order',
  'unsupported-machine',
  'not-relocatable',
  'bad-section-header-size',
  'no-section-table',
  'section-table-outside-file',
  'too-many-sections',
  'no-section-names',
  'bad-section-names',
  'section-outside-file',
  'bad-symbol-table',
  'too-many-symbols',
  'bad-relocation-table',
  'too-many-relocations',
  'name-too-long',
  'truncated-stream',
  'bad-stream',
  'bad-checksum',
  'unsupported-stream',
  'window-limit',
  'output-limit',
  'frame-limit',
  'nested-container',
] as const
export type RefusalCode = (typeof REFUSAL_CODES)[number]

export type Refusal = {
  code: RefusalCode
  /** The section's name, or the layer (`file`, `gzip`, `xz`, `zstd`) where no section is meant. */
  section: string | null
  /** Byte offset in the layer that was read: the file as handed in for containers, the ELF file after that. */
  offset: number | null
  reason: string
}

export type Result<T> = { ok: true; value: T } | { ok: false; error: Refusal }

export const done = <T>(value: T): Result<T> => ({ ok: true, value })

export const refuse = (
  code: RefusalCode,
  section: string | null,
  offset: number | null,
  reason: string,
): { ok: false; error: Refusal } => ({
  ok: false,
  error: { code, section, offset, reason },
})
