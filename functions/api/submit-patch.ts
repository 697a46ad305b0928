import * as z from 'zod'
import { sha256 } from '../../shared/canonical/index.ts'
import { Digest, type Manifest, manifestOf, readModule, Statement } from '../../shared/livepatch/index.ts'
import { moduleKey } from '../directive/instruction-of.ts'
import { onHouse } from '../http/admission.ts'
import { created, type Outcome, ok } from '../http/answer.ts'
import { type Problem, problem } from '../http/problem.ts'
import { type InputOf, nothing } from '../http/request-shape.ts'
import type { PersonCall } from '../http/serve.ts'
import type { Ports } from '../ports.ts'
import { stableId } from '../stable-id.ts'
import { MODULE_BYTES_MAX, uploadKey } from './upload-patch.ts'

export const INLINE_BYTES_MAX = 4 * 1_048_576

export const shape = {
  path: nothing,
  query: nothing,
  body: z
    .strictObject({
      module: z.base64().min(1).optional(),
      upload: z
        .string()
        .regex(/^[0-9A-HJKMNP-TV-Z]{26}$/, 'an upload is named as `POST /patches/uploads` named it')
        .optional(),
      statement: Statement.default({}),
    })
    .refine(({ module, upload }) => (module === undefined) !== (upload === undefined), 'send either `module` or `upload`'),
  // Base64 of the largest inline module, and a statement beside it.
  bytesMax: 6_000_000,
}
type Call = PersonCall<InputOf<typeof shape>>
export const question = onHouse('submitPatch')
export type SubmitPorts = Pick<Ports, 'ledger' | 'catalog' | 'objects'>

const bytesOf = async ({ objects }: SubmitPorts, { module, upload }: Call['input']['body']): Promise<Uint8Array | Problem> => {
  if (module !== undefined) {
    const bytes = Buffer.from(module, 'base64')
    if (bytes.byteLength <= INLINE_BYTES_MAX) return bytes
    const detail = `A module above ${INLINE_BYTES_MAX} bytes is uploaded: POST its size and digest to /patches/uploads, PUT the file to the URL in the answer, then send \`upload\` here.`
    return problem('module-too-large', detail, { bytes: bytes.byteLength, bytesMax: INLINE_BYTES_MAX, uploads: '/patches/uploads' })
  }
  const bytes = upload === undefined ? null : await objects.get(uploadKey(upload))
  if (!bytes)
    return problem(
      'upload-missing',
      'PUT the file to the URL that `POST /patches/uploads` gave you, then submit it; uploads are kept for a day.',
    )
  if (bytes.byteLength <= MODULE_BYTES_MAX) return bytes
  return problem('module-too-large', `A module has at most ${MODULE_BYTES_MAX} bytes.`, {
    bytes: bytes.byteLength,
    bytesMax: MODULE_BYTES_MAX,
  })
}

/** Reads the file; whatever it is, it is only ever looked at. */
const manifestFrom = (bytes: Uint8Array, statement: Statement): Manifest | Problem => {
  const read = readModule(bytes)
  if (!read.ok)
    return problem('not-a-livepatch', `Submit a kernel module that carries a livepatch: ${read.error.reason}.`, { refusal: read.error })
  const made = manifestOf(read.module, statement, { digest: Digest.parse(sha256(bytes)), size: bytes.byteLength })
  if (made.ok) return made.manifest
  const what = made.error.code === 'missing' || made.error.code === 'contradicted' ? 'Correct `statement`' : 'Submit another file'
  return problem('not-a-livepatch', `${what}: ${made.error.reason}.`, { refusal: { section: null, offset: null, ...made.error } })
}

const taken = ({ name, series, version }: Manifest, by: string): Problem =>
  problem(
    'livepatch-name-taken',
    `Build it under another name and version: ${name} (${series} ${version}) stands for livepatch ${by} already, and what was submitted is never replaced.`,
    { by },
  )

/** The file first, then the catalog: what the catalog names can always be fetched. Record and file of a repetition are the same ones. */
const store = async ({ ledger, catalog, objects }: SubmitPorts, bytes: Uint8Array, manifest: Manifest, call: Call): Promise<Outcome> => {
  const { at, person, decision } = call
  const sameName = await catalog.byName(manifest.name)
  if (sameName && sameName.digest !== manifest.digest) return taken(manifest, sameName.digest)
  await objects.put(moduleKey(manifest.digest), bytes, 'application/octet-stream')
  const submitted = await catalog.submit(manifest, at, person.id)
  if (!submitted.ok) return taken(manifest, submitted.by)
  const { digest, name, series, version } = manifest
  const stream = `patch#${digest}`
  const event = { type: 'submitted', digest, name, series, version }
  await ledger.record({ stream, event, actor: person.id, at, commitId: stableId(`submitted ${digest}`), decision })
  return submitted.outcome === 'stored' ? created(`/patches/${digest}`, manifest) : ok(manifest, { location: `/patches/${digest}` })
}

export const submitPatch =
  (ports: SubmitPorts) =>
  async (call: Call): Promise<Outcome> => {
    const bytes = await bytesOf(ports, call.input.body)
    if ('problem' in bytes) return bytes
    const manifest = manifestFrom(bytes, call.input.body.statement)
    return 'problem' in manifest ? manifest : store(ports, bytes, manifest, call)
  }
