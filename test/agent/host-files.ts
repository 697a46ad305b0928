import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import * as z from 'zod'

/** What the files of a real machine said, by scene (test/oracle/record-host-files.ts). */
const Recorded = z.object({ kernel: z.string(), scenes: z.record(z.string(), z.record(z.string(), z.string())) })

export const KERNELS = ['6.1', '6.12', '7.2'] as const
export type Kernel = (typeof KERNELS)[number]

const read = (kernel: Kernel) =>
  Recorded.parse(JSON.parse(readFileSync(new URL(`../data/agent/host-files-${kernel}.json`, import.meta.url), 'utf8')))

const known = new Map(KERNELS.map(kernel => [kernel, read(kernel)]))

export const recordedFiles = (kernel: Kernel, scene: string): Readonly<Record<string, string>> => {
  const files = known.get(kernel)?.scenes[scene]
  if (!files) throw new Error(`nothing was recorded of ${scene} on ${kernel}`)
  return files
}

/** Lays a recorded scene out as a file tree; each process has its one thread, and function directories are made as sysfs has them. */
export const layOut = async (root: string, files: Readonly<Record<string, string>>, functions: readonly string[]): Promise<void> => {
  const put = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), text)
  }
  await mkdir(join(root, 'sys/kernel/livepatch'), { recursive: true })
  await put('/proc/sys/kernel/osrelease', '6.1.0-50-amd64\n')
  await put('/proc/sys/kernel/random/boot_id', 'b0f7\n')
  for (const [path, text] of Object.entries(files)) await put(path.replace(/^\/proc\/(\d+)\//, '/proc/$1/task/$1/'), text)
  for (const name of functions) await mkdir(join(root, `sys/kernel/livepatch/lp_a/${name},1`), { recursive: true })
}
