import * as z from 'zod'
import { adoptionText, parseAdoption } from './adoption-text.ts'
import type { InspectedModule } from './inspected-module.ts'
import { type Adoption, type Digest, Manifest, PatchedObject, SystemState } from './manifest.ts'

/** What a submitter says about a livepatch. Every field is optional; what the file itself says with certainty needs no statement. */
export const Statement = z
  .object({
    name: z.string(),
    series: z.string(),
    version: z.string(),
    kernelRelease: z.string(),
    replace: z.boolean(),
    objects: z.array(PatchedObject).max(65_536),
    states: z.array(SystemState).max(65_536),
    fixes: z.array(z.string()).max(1000),
    adopts: z.array(z.string()).max(1000),
  })
  .partial()
  .strict()
export type Statement = z.infer<typeof Statement>

export type ManifestRefusal = {
  /**
   * `not-a-livepatch`, `unreadable`: no statement helps. `missing`: neither read nor stated. `contradicted`: the file says otherwise.
   * `invalid`: not of the form that the manifest wants.
   */
  code: 'not-a-livepatch' | 'unreadable' | 'missing' | 'contradicted' | 'invalid'
  /** The manifest's field, or null where the file as a whole is meant. */
  field: string | null
  reason: string
}

export type ManifestResult = { ok: true; manifest: Manifest } | { ok: false; error: ManifestRefusal }

type Settled<T> = { ok: true; value: T; stated: boolean } | { ok: false; error: ManifestRefusal }

const no = (code: ManifestRefusal['code'], field: string | null, reason: string): { ok: false; error: ManifestRefusal } => ({
  ok: false,
  error: { code, field, reason },
})

/**
 * One field from two sources. What was read with certainty stands, and a statement may only repeat it; what was guessed needs a statement
 * that agrees with the guess; what was not read needs a statement.
 */
const settle = <T>(field: string, read: { value: T; certain: boolean } | null, stated: T | undefined): Settled<T> => {
  if (stated === undefined) {
    if (read?.certain) return { ok: true, value: read.value, stated: false }
    const guess = read ? `; the file hints at ${JSON.stringify(read.value)}` : ''
    return no('missing', field, `the file does not say ${field} with certainty, so the submission must state it${guess}`)
  }
  if (read && JSON.stringify(read.value) !== JSON.stringify(stated))
    return no(
      'contradicted',
      field,
      `the submission states ${field} ${JSON.stringify(stated)}, the file says ${JSON.stringify(read.value)}`,
    )
  return { ok: true, value: stated, stated: !read?.certain }
}

const certain = <T>(value: T | null): { value: T; certain: boolean } | null => (value === null ? null : { value, certain: true })

/** Fields that are compared in one order, whoever wrote them. */
const ordered = (objects: readonly PatchedObject[]): PatchedObject[] =>
  objects.map(({ name, functions, callbacks }) => ({
    name,
    functions: functions.map(({ name: oldName, sympos }) => ({ name: oldName, sympos })),
    callbacks: Object.fromEntries(Object.entries(callbacks).sort(([a], [b]) => (a < b ? -1 : 1))),
  }))

const readObjects = ({ patch }: InspectedModule): PatchedObject[] | null => {
  if (patch.objects === null || patch.status === 'partial') return null
  return patch.objects.map(({ name, functions, callbacks }) => ({
    name,
    functions: functions.map(({ oldName, sympos, code }) => ({ name: oldName ?? '', sympos, ...(code === null ? {} : { code }) })),
    callbacks: { ...callbacks },
  }))
}

const settleObjects = (module: InspectedModule, stated: Statement['objects']): Settled<readonly PatchedObject[]> => {
  const read = readObjects(module)
  const settled = settle('objects', certain(read && ordered(read)), stated && ordered(stated))
  return settled.ok && read ? { ...settled, value: read } : settled
}

const FIX = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/

const settleFixes = (read: readonly string[], stated: readonly string[] = []): Settled<readonly string[]> => {
  const fixes = [...new Set([...read, ...stated])]
  const wrong = fixes.find(fix => !FIX.test(fix))
  if (wrong !== undefined) return no('invalid', 'fixes', `${JSON.stringify(wrong)} is no CVE id`)
  return { ok: true, value: fixes, stated: fixes.length > new Set(read).size }
}

const settleAdopts = (read: readonly string[], stated: readonly string[] = []): Settled<readonly Adoption[]> => {
  const adopts = new Map<string, Adoption>()
  for (const [source, texts] of [
    ['module', read],
    ['submission', stated],
  ] as const)
    for (const text of texts) {
      const adoption = parseAdoption(text, source)
      if (!adoption) return no('invalid', 'adopts', `${JSON.stringify(text)} is not <livepatch>:<object|vmlinux>:<callback>`)
      if (!adopts.has(adoptionText(adoption))) adopts.set(adoptionText(adoption), adoption)
    }
  const value = [...adopts.values()]
  return { ok: true, value, stated: value.some(({ source }) => source === 'submission') }
}

/** Why no statement can make a manifest of this file. */
const hopeless = ({ patch }: InspectedModule): { ok: false; error: ManifestRefusal } | null => {
  if (patch.status === 'not-a-livepatch')
    return no('not-a-livepatch', null, 'the module is not marked livepatch=Y; the kernel would not take it for one')
  if (patch.status === 'none') return no('not-a-livepatch', null, 'the module is marked livepatch=Y but never enables a livepatch')
  if (patch.status === 'malformed')
    return no('unreadable', 'objects', `the livepatch in the file is malformed: ${patch.note ?? 'its arrays cannot be read'}`)
  return null
}

const signatureOf = ({ signature }: InspectedModule): Manifest['signature'] => {
  const { signer } = signature
  const name =
    signer === undefined
      ? null
      : signer.type === 'subjectKeyIdentifier'
        ? `key ${signer.keyId}`
        : `${signer.issuerCN ?? 'unnamed issuer'}, serial ${signer.serial}`
  return {
    present: signature.present,
    signer: name,
    ...(signature.malformed === undefined ? {} : { malformed: signature.malformed }),
    ...(signature.valid === undefined ? {} : { valid: signature.valid }),
    ...(signature.trusted === undefined ? {} : { trusted: signature.trusted }),
  }
}

/**
 * The manifest of a livepatch: what was read, completed by what the submitter states. `manifest.stated` names the fields that rest on the
 * submitter's word. A statement that the file contradicts is refused, and so is a gap that neither fills; the refusal names the field.
 */
export const manifestOf = (module: InspectedModule, statement: Statement, identity: { digest: Digest; size: number }): ManifestResult => {
  const refused = hopeless(module)
  if (refused) return refused
  const { patch, statements } = module
  const replace = patch.replace.value === null ? null : { value: patch.replace.value, certain: patch.replace.certainty === 'static' }
  const fields = {
    name: settle('name', certain(module.name), statement.name),
    series: settle('series', certain(statements.series), statement.series),
    version: settle('version', certain(statements.version), statement.version),
    kernelRelease: settle('kernelRelease', certain(module.kernelRelease), statement.kernelRelease),
    replace: settle('replace', replace, statement.replace),
    objects: settleObjects(module, statement.objects),
    states: settle('states', certain(patch.states?.map(({ id, version }) => ({ id, version })) ?? null), statement.states),
    fixes: settleFixes(statements.fixes, statement.fixes),
    adopts: settleAdopts(statements.adopts, statement.adopts),
  }
  const values: Record<string, unknown> = {}
  const stated: string[] = []
  for (const [field, settled] of Object.entries(fields)) {
    if (!settled.ok) return settled
    values[field] = settled.value
    if (settled.stated) stated.push(field)
  }
  return parse({
    schema: 'supersede.manifest/1',
    ...identity,
    ...values,
    arch: module.arch,
    shadowImports: module.shadowImports,
    license: module.license,
    srcversion: module.srcversion,
    depends: module.depends,
    signature: signatureOf(module),
    stated,
  })
}

const parse = (candidate: unknown): ManifestResult => {
  const parsed = Manifest.safeParse(candidate)
  if (parsed.success) return { ok: true, manifest: parsed.data }
  const [issue] = parsed.error.issues
  return no('invalid', issue?.path[0]?.toString() ?? null, issue?.message ?? 'not a manifest')
}
