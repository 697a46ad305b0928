import { createHash } from 'node:crypto'
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'

export type StoredObject = { readonly body: Buffer; readonly etag: string; readonly lastModified: Date }

export type ObjectStore = {
  /** On disk when it resolves. Returns the ETag (MD5, hex). */
  readonly put: (bucket: string, key: string, body: Buffer) => Promise<string>
  readonly get: (bucket: string, key: string) => Promise<StoredObject | null>
  readonly remove: (bucket: string, key: string) => Promise<void>
}

const md5 = (body: Buffer): string => createHash('md5').update(body).digest('hex')

/** A key becomes one file name that cannot leave its bucket's folder; long keys are named by their hash. */
const fileName = (key: string): string => {
  const name = encodeURIComponent(key).replaceAll('.', '%2E')
  return name.length <= 200 ? name : `sha256-${createHash('sha256').update(key).digest('hex')}`
}

/** Buckets as folders, objects as files; a reader sees the old or the new object, never half of one. */
export const openObjectStore = (directory: string): ObjectStore => {
  const pathOf = (bucket: string, key: string): string => join(directory, fileName(bucket), fileName(key))
  let writes = 0
  return {
    put: async (bucket, key, body) => {
      const path = pathOf(bucket, key)
      await mkdir(dirname(path), { recursive: true })
      writes += 1
      const draft = `${path}.${process.pid}.${writes}.draft`
      const file = await open(draft, 'w', 0o600)
      try {
        await file.writeFile(body)
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(draft, path)
      return md5(body)
    },
    get: async (bucket, key) => {
      const path = pathOf(bucket, key)
      try {
        const body = await readFile(path)
        return { body, etag: md5(body), lastModified: (await stat(path)).mtime }
      } catch (error) {
        if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT') return null
        throw error
      }
    },
    remove: (bucket, key) => rm(pathOf(bucket, key), { force: true }),
  }
}
