import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathOf } from '../shared/operations/index.ts'
import type { Figure } from './figure.ts'
import { type RunningPlatform, startPlatform } from './running-platform.ts'

const MODULES = 1_000
const KILLED_AFTER = 400
const TOGETHER = 4

type Running = { readonly platform: RunningPlatform; readonly token: string }

const start = async (root: string, assembly: string, data: string): Promise<Running> => {
  const platform = await startPlatform(root, assembly, data)
  return { platform, token: await platform.tokenOf('alice') }
}

/** The first example under another name and in another series, so that each is a livepatch of its own. */
const moduleOf = (example: Buffer, number: number): string => {
  const digits = String(number).padStart(4, '0')
  return Buffer.from(
    example.toString('latin1').replaceAll('lp_proc_1', `lp_bn${digits}`).replaceAll('debian-12-6.1', `bench-00-${digits}`),
    'latin1',
  ).toString('base64')
}

const submit = async ({ platform: { url }, token }: Running, example: Buffer, number: number): Promise<boolean> => {
  try {
    const response = await fetch(url + pathOf('submit-patch'), {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': `module-${number}` },
      body: JSON.stringify({ module: moduleOf(example, number) }),
    })
    await response.arrayBuffer()
    return response.ok
  } catch {
    return false
  }
}

const listed = async ({ platform: { url }, token }: Running): Promise<number> => {
  let count = 0
  let cursor = ''
  do {
    const response = await fetch(`${url}${pathOf('list-patches')}?limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`, {
      headers: { authorization: `Bearer ${token}` },
    })
    const page = (await response.json()) as { readonly items: readonly unknown[]; readonly next?: string }
    count += page.items.length
    cursor = page.next ?? ''
  } while (cursor)
  return count
}

/** Submits a thousand modules, kills the whole platform in between, starts it again, repeats what was not answered, and counts. */
export const intakeFigures = async (root: string, assembly: string): Promise<readonly Figure[]> => {
  const data = mkdtempSync(join(tmpdir(), 'supersede-bench-'))
  const example = readFileSync(join(root, 'examples/livepatches/lp_proc_1.ko'))
  let running = await start(root, assembly, data)
  const answered = new Set<number>()
  let killing: Promise<void> | null = null
  let wasKilled = false
  const submitAll = async () => {
    const open = Array.from({ length: MODULES }, (_, index) => index).filter(number => !answered.has(number))
    const work = async () => {
      for (let number = open.shift(); number !== undefined; number = open.shift()) {
        if (await submit(running, example, number)) answered.add(number)
        if (answered.size >= KILLED_AFTER && !wasKilled) {
          wasKilled = true
          killing = running.platform.kill()
        }
        if (killing) return
      }
    }
    await Promise.all(Array.from({ length: TOGETHER }, work))
  }
  await submitAll()
  await killing
  running = await start(root, assembly, data)
  const acknowledged = answered.size
  const kept = await listed(running)
  killing = null
  while (answered.size < MODULES) await submitAll()
  const total = await listed(running)
  await running.platform.kill()
  rmSync(data, { recursive: true })
  return [
    {
      name: `modules acknowledged before a kill and lost by it (of ${acknowledged})`,
      value: Math.max(0, acknowledged - kept),
      unit: 'modules',
      target: 0,
      wanted: 'at most',
    },
    { name: `modules in the catalog after ${MODULES} submissions`, value: total, unit: 'modules', target: MODULES, wanted: 'at least' },
  ]
}
