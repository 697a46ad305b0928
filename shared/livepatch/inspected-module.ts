import * as z from 'zod'
import { CALLBACK_KINDS } from './manifest.ts'
import { REFUSAL_CODES } from './refusal.ts'

/** Wide unsigned integers are decimal strings. */
const Decimal = z.string().regex(/^\d{1,20}$/)

const Place = {
  section: z.string().nullable().describe('the section, or the layer where no section is meant'),
  offset: z.number().nullable().describe('byte offset in the layer that was read'),
}

const Warning = z.object({ code: z.string(), ...Place, reason: z.string() })

const InspectedFunction = z.object({
  oldName: z.string().nullable().describe('klp_func.old_name; null: there, but unreadable'),
  sympos: Decimal,
  newName: z.string().nullable().describe('symbol of the replacement; null: stripped'),
  code: z.string().nullable().describe('SHA-256 of the replacement code after relocation; null: its extent is not known'),
})
export type InspectedFunction = z.infer<typeof InspectedFunction>

const InspectedObject = z.object({
  name: z.string().nullable().describe('klp_object.name; null with kind vmlinux: vmlinux; null with kind unknown: there, but unreadable'),
  kind: z.enum(['vmlinux', 'module', 'unknown']),
  functions: z.array(InspectedFunction),
  callbacks: z
    .partialRecord(z.enum(CALLBACK_KINDS), z.string().nullable())
    .describe('a key for each callback that exists; null: its name was stripped'),
  broken: z.string().optional().describe('why the array of functions could not be read to its end'),
})
export type InspectedObject = z.infer<typeof InspectedObject>

const InspectedState = z.object({ id: Decimal, version: z.number(), hasData: z.boolean() })
export type InspectedState = z.infer<typeof InspectedState>

export const PATCH_STATUSES = ['static', 'tables', 'partial', 'ambiguous', 'dynamic', 'malformed', 'none', 'not-a-livepatch'] as const

const Replace = z.object({
  value: z.boolean().nullable(),
  certainty: z.enum(['static', 'inferred', 'runtime', 'ambiguous', 'none']),
})
export type Replace = z.infer<typeof Replace>

const InspectedPatch = z.object({
  status: z.enum(PATCH_STATUSES),
  foundBy: z.enum(['init-argument', 'this-module', 'kpatch-sections', 'klp-build-sections']).nullable(),
  replace: Replace,
  objects: z.array(InspectedObject).nullable().describe('null: unknown; []: provably none'),
  states: z.array(InspectedState).nullable(),
  note: z.string().optional().describe('why something is not known'),
  layout: z.string().optional().describe('the layout of struct klp_patch and the record sizes, as the bytes tell'),
  strides: z.object({ object: z.number(), function: z.number(), callbacks: z.number() }).optional(),
  incomplete: z.boolean().optional().describe('there may be more than is listed'),
  candidates: z.array(z.object({ section: z.string(), offset: z.number(), symbol: z.string().nullable() })).optional(),
})
export type InspectedPatch = z.infer<typeof InspectedPatch>

const Verification = z.object({ signerMatched: z.boolean().nullable(), valid: z.boolean().nullable() })

const InspectedSignature = z.object({
  present: z.boolean(),
  malformed: z.string().optional(),
  container: z.literal('PKCS#7').optional(),
  digestAlgorithm: z.string().optional(),
  signatureAlgorithm: z.string().optional(),
  signedAttributes: z.boolean().optional(),
  certificatesIncluded: z.number().optional(),
  signer: z
    .union([
      z.object({ type: z.literal('issuerAndSerialNumber'), issuerCN: z.string().nullable(), serial: z.string() }),
      z.object({ type: z.literal('subjectKeyIdentifier'), keyId: z.string() }),
    ])
    .optional(),
  inner: z.boolean().optional().describe('the signed bytes end in another signature'),
  valid: z.boolean().nullable().optional().describe('the signed bytes are intact; null: no certificate of the signer was given'),
  signerMatched: z.boolean().nullable().optional().describe('a given certificate is the signer'),
  trusted: z.boolean().nullable().optional().describe('the signer is a given anchor or issued by one, and the signature is valid'),
  why: z.string().optional(),
  withoutCertificates: z.object({ valid: z.null(), trusted: z.null() }).optional(),
  withCertificates: z.record(z.string(), Verification).optional(),
})
export type InspectedSignature = z.infer<typeof InspectedSignature>

const Hint = z.object({ symbol: z.string(), section: z.string(), offset: z.number() })
export type Hint = z.infer<typeof Hint>

/** What a module file says of itself, and how certain that is. Nothing in it was run. */
export const InspectedModule = z.object({
  file: z.string().optional(),
  sha256: z.string().describe('of the file as handed in'),
  size: z.number().describe('bytes of the file as handed in'),
  compression: z.enum(['none', 'gzip', 'xz', 'zstd']),
  arch: z.enum(['x86_64', 'aarch64', 's390x', 'ppc64le']),
  endian: z.enum(['little', 'big']),
  name: z.string().nullable(),
  vermagic: z.string().nullable(),
  kernelRelease: z.string().nullable(),
  srcversion: z.string().nullable(),
  license: z.string().nullable(),
  depends: z.array(z.string()),
  livepatch: z.boolean(),
  flavour: z.enum(['plain', 'kpatch-build', 'klp-build']).nullable(),
  patch: InspectedPatch,
  shadowImports: z.array(z.string()),
  stateImports: z.array(z.string()),
  klpRelocations: z.array(
    z.object({
      object: z.string(),
      section: z.string(),
      entries: z.array(z.object({ symbolObject: z.string(), symbol: z.string(), sympos: z.string() })),
    }),
  ),
  signature: InspectedSignature,
  statements: z
    .object({
      series: z.string().nullable(),
      version: z.string().nullable(),
      fixes: z.array(z.string()),
      adopts: z.array(z.string()),
    })
    .describe('MODULE_INFO(supersede_…)'),
  effects: z
    .object({
      init: z.array(Hint).nullable(),
      exit: z.array(Hint).nullable(),
      incomplete: z
        .array(z.enum(['init', 'exit']))
        .optional()
        .describe('these also name code whose symbols were stripped: there may be more than is listed'),
    })
    .describe('what of the kernel init and exit call or refer to, beyond enabling the livepatch; null: their code was not found'),
  warnings: z.array(Warning),
})
export type InspectedModule = z.infer<typeof InspectedModule>

export const RefusedFile = z.object({
  file: z.string().optional(),
  sha256: z.string(),
  error: z.object({ code: z.enum(REFUSAL_CODES), ...Place, reason: z.string() }),
})

/** One entry of `supersede inspect -o json`. */
export const InspectAnswer = z.union([InspectedModule, RefusedFile])
