import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { asking } from './asking.ts'
import type { Figure } from './figure.ts'
import { startPlatform } from './running-platform.ts'

const CHANGES = 75
/** What is compiled by then is compiled: the first ones cost twice as much. */
const WARM_UP = 50
const REVIEWERS = Array.from({ length: 10 }, (_, index) => `reviewer-${index}`)

/** A change of its own fleet, in review. */
const inReview = async (ask: ReturnType<typeof asking>, token: string, livepatch: unknown, number: number) => {
  const fleet = `fleet-${number}`
  await ask('create-fleet', { token, body: { id: fleet } })
  const { id } = await ask('propose-change', { token, body: { fleet, livepatch, reason: 'measured' } })
  const change = String(id)
  for (;;) {
    const { status, digest } = await ask('show-change', { token, path: { change } })
    if (status === 'in-review') return { change, digest }
  }
}

/** What an approval costs the whole machine: gateway, token, function, policy, ledger. Each reviewer approves each change. */
export const approvalFigures = async (root: string, assembly: string): Promise<readonly Figure[]> => {
  const data = mkdtempSync(join(tmpdir(), 'supersede-bench-'))
  const platform = await startPlatform(root, assembly, data)
  const ask = asking(platform)
  const alice = await platform.tokenOf('alice')
  const module = readFileSync(join(root, 'examples/livepatches/lp_proc_2.ko')).toString('base64')
  const { digest: livepatch } = await ask('submit-patch', { token: alice, body: { module } })
  const changes: Awaited<ReturnType<typeof inReview>>[] = []
  for (let number = 0; number < CHANGES; number += 1) changes.push(await inReview(ask, alice, livepatch, number))
  const tokens = await Promise.all(REVIEWERS.map(platform.tokenOf))
  const approveAll = async (of: typeof changes): Promise<void> => {
    for (const { change, digest } of of)
      for (const token of tokens) await ask('approve-change', { token, path: { change }, body: { decision: 'approve', digest } })
  }
  await approveAll(changes.slice(0, WARM_UP))
  const before = await platform.cpuSeconds()
  await approveAll(changes.slice(WARM_UP))
  const seconds = (await platform.cpuSeconds()) - before
  const shown = await Promise.all(changes.map(({ change }) => ask('show-change', { token: alice, path: { change } })))
  const recorded = shown.map(({ approvals }) => (Array.isArray(approvals) ? approvals.length : 0)).reduce((sum, count) => sum + count, 0)
  await platform.kill()
  rmSync(data, { recursive: true })
  const made = (CHANGES - WARM_UP) * REVIEWERS.length
  return [
    {
      name: 'an approval through the API on one machine, warm',
      value: (seconds * 1_000) / made,
      unit: 'ms CPU',
      target: 2.5,
      wanted: 'at most',
    },
    {
      name: 'approvals that are not recorded',
      value: CHANGES * REVIEWERS.length - recorded,
      unit: 'approvals',
      target: 0,
      wanted: 'at most',
    },
  ]
}
