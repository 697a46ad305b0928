import * as z from 'zod'

/** SHA-256 of a livepatch's file as handed in (64 lower-case hex digits): the identity of a livepatch. */
export const Digest = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'a digest is 64 lower-case hexadecimal digits')
  .brand<'Digest'>()
export type Digest = z.infer<typeof Digest>

/** The four callbacks of `struct klp_callbacks` (include/linux/livepatch.h). */
export const CALLBACK_KINDS = ['pre_patch', 'post_patch', 'pre_unpatch', 'post_unpatch'] as const
export type CallbackKind = (typeof CALLBACK_KINDS)[number]

/** Wide unsigned integers (sympos, state ids) are decimal strings, because JSON numbers lose bits above 2^53. */
const Decimal = z.string().regex(/^\d{1,20}$/)

const PatchedFunction = z.object({
  /** `klp_func.old_name`. */
  name: z.string().min(1),
  /** `klp_func.old_sympos`: 0 = the name must be unique in its object, n = the n-th occurrence. */
  sympos: Decimal,
  /** SHA-256 of the new code after relocation, where its extent is known: equal for two builds of the same source. */
  code: z.string().optional(),
})
export type PatchedFunction = z.infer<typeof PatchedFunction>

export const PatchedObject = z.object({
  /** `klp_object.name`; null is vmlinux. */
  name: z.string().min(1).nullable(),
  functions: z.array(PatchedFunction).readonly(),
  /** Which callbacks exist; the value is the symbol's name, or null where it was stripped. A missing key: no such callback. */
  callbacks: z.partialRecord(z.enum(CALLBACK_KINDS), z.string().nullable()),
})
export type PatchedObject = z.infer<typeof PatchedObject>

/** `struct klp_state`: a system state that the livepatch modifies (Documentation/livepatch/system-state.rst). */
export const SystemState = z.object({ id: Decimal, version: z.int().min(0) })
export type SystemState = z.infer<typeof SystemState>

/**
 * The author's statement that this livepatch takes over an obligation of a named predecessor.
 * Text form, in `MODULE_INFO(supersede_adopts, …)` and submissions: `<livepatch>:<object|vmlinux>:<callback>`,
 * for example `lp_fix_2:vmlinux:post_unpatch`.
 */
const Adoption = z.object({
  livepatch: z.string().min(1),
  object: z.string().min(1).nullable(),
  callback: z.enum(CALLBACK_KINDS),
  /** Whether the module itself says so (its signature covers it) or only the submission. */
  source: z.enum(['module', 'submission']),
})
export type Adoption = z.infer<typeof Adoption>

/** Everything Supersede knows of one livepatch; immutable once in the catalog. */
export const Manifest = z.object({
  schema: z.literal('supersede.manifest/1'),
  digest: Digest,
  /** Bytes of the file as handed in. */
  size: z.int().positive(),
  /** The kernel module's name, which is also its name in /sys/kernel/livepatch. */
  name: z.string().regex(/^[A-Za-z0-9_]{1,55}$/, 'a module name has 1 to 55 letters, digits and underscores'),
  series: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'a series is named with lower-case letters, digits, dots, dashes'),
  /** Orders the livepatches of a series: dotted decimal numbers, compared number by number (compareVersions). */
  version: z.string().regex(/^\d{1,9}(\.\d{1,9}){0,3}$/, 'a version is 1 to 4 decimal numbers joined by dots'),
  /** First word of vermagic: the only kernel release that loads it. */
  kernelRelease: z.string().min(1),
  arch: z.enum(['x86_64', 'aarch64', 's390x', 'ppc64le']),
  /** `klp_patch.replace`: cumulative. */
  replace: z.boolean(),
  objects: z.array(PatchedObject).readonly(),
  states: z.array(SystemState).readonly(),
  /** Imports of the shadow variable API (kernel/livepatch/shadow.c), as a hint: ids are not readable from the file. */
  shadowImports: z.array(z.string()).readonly(),
  /** CVE ids that the author claims are fixed. */
  fixes: z.array(z.string()).readonly(),
  adopts: z.array(Adoption).readonly(),
  license: z.string().nullable(),
  srcversion: z.string().nullable(),
  depends: z.array(z.string()).readonly(),
  signature: z.object({
    present: z.boolean(),
    signer: z.string().nullable(),
    /** Why the signature cannot be read; absent: it can. */
    malformed: z.string().optional(),
    /** Whether the signed bytes are intact; null or absent: no certificate of the signer was at hand. */
    valid: z.boolean().nullable().optional(),
    /** Whether the signer is trusted and the signature valid; null or absent: no certificates were at hand. */
    trusted: z.boolean().nullable().optional(),
  }),
  /** Names of the fields above that rest on the submitter's word because the file does not say (series, version, fixes, adopts, replace, …). */
  stated: z.array(z.string()).readonly(),
})
export type Manifest = z.infer<typeof Manifest>
