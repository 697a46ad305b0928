import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { S3Client } from '@aws-sdk/client-s3'
import { openAwsEndpoint } from '../../../local/aws-endpoint.ts'
import { listen } from '../../../local/gateway/listen.ts'
import { openObjectStore } from '../../../local/s3/object-store.ts'
import { openS3 } from '../../../local/s3/s3-api.ts'

const credentials = { accessKeyId: 'LOCALTEST', secretAccessKey: 'not-a-secret' }

/** The object storage on a port of its own, and a way to make the SDK's clients for it. */
export const openStorage = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'supersede-s3-'))
  const clock = { aheadMs: 0 }
  const s3 = openS3({ objects: openObjectStore(join(folder, 'objects')), credentials, now: () => Date.now() + clock.aheadMs })
  const listener = await listen({
    port: 0,
    bodyBytesMax: 1_000_000,
    answer: openAwsEndpoint({ services: {}, s3, credentials }),
    log: () => undefined,
  })
  const url = `http://127.0.0.1:${listener.port}`
  const client = (as = credentials) =>
    new S3Client({ region: 'us-east-1', endpoint: url, forcePathStyle: true, credentials: as, maxAttempts: 1 })
  return {
    folder,
    clock,
    url,
    client,
    close: async () => {
      await listener.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
