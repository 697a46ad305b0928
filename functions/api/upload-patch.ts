import * as z from 'zod'
import { Digest } from '../../shared/livepatch/index.ts'
import { onHouse } from '../http/admission.ts'
import { created, type Outcome } from '../http/answer.ts'
import { type InputOf, nothing } from '../http/request-shape.ts'
import type { PersonCall } from '../http/serve.ts'
import type { Ports } from '../ports.ts'

export const MODULE_BYTES_MAX = 64 * 1_048_576
const UPLOAD_SECONDS = 900

export const shape = {
  path: nothing,
  query: nothing,
  body: z.strictObject({ size: z.int().min(1).max(MODULE_BYTES_MAX), digest: Digest }),
}
export const question = onHouse('submitPatch')

export const uploadKey = (upload: string): string => `uploads/${upload}`

/** Leave to put exactly one file, known by size and digest, straight into the object storage. */
export const uploadPatch =
  ({ objects }: Pick<Ports, 'objects'>) =>
  async ({ id, at, input: { body } }: PersonCall<InputOf<typeof shape>>): Promise<Outcome> => {
    const { url, headers } = objects.offerPut(uploadKey(id), body.size, body.digest, UPLOAD_SECONDS)
    const expiresAt = new Date(at + UPLOAD_SECONDS * 1_000).toISOString()
    return created('/patches', { upload: id, method: 'PUT', url, headers, expiresAt })
  }
