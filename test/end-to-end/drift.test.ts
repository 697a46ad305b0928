import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Stack } from '../../shared/kernel/index.ts'
import { root } from '../infra/assembly.ts'
import { enrolment, type Host, hostToken, issueTokens, newHost, reportOf } from './hosts.ts'
import { openOnePlatform, until } from './one-platform.ts'

/* A host whose stack nobody judged reports between the first approval and the second, through everything that is deployed. */

const moduleFile = (name: string): Buffer => readFileSync(join(root, 'examples/livepatches', `lp_proc_${name}.ko`))
const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

const platform = await openOnePlatform()
const { ask } = platform
afterAll(platform.close)

beforeAll(async () => {
  for (const name of ['1', '2']) {
    const { status } = await ask('submit-patch', { as: 'alice', body: { module: moduleFile(name).toString('base64') } })
    expect(status).toBe(201)
  }
}, 60_000)

const report = (host: Host, sequence: number, stack: Partial<Stack> = {}) =>
  ask('report-hosts', {
    as: { token: hostToken(host) },
    path: { fleet: host.fleet },
    body: { reports: [reportOf(host, sequence, host.key, stack)] },
  })

const fleetOf = async (fleet: string): Promise<readonly Host[]> => {
  expect((await ask('create-fleet', { as: 'alice', body: { id: fleet } })).status).toBe(201)
  const hosts = [newHost(`${fleet}-1`, fleet), newHost(`${fleet}-2`, fleet)]
  const tokens = await issueTokens(platform, fleet, hosts.length)
  for (const [index, host] of hosts.entries()) {
    await ask('enrol-host', { as: { token: tokens[index] ?? '' }, path: { fleet }, body: enrolment(host) })
    expect((await report(host, 1)).status).toBe(200)
  }
  return hosts
}

const show = (change: string) => ask('show-change', { as: 'dave', path: { change } })

/** A change to the second livepatch whose approvals come before and after one of its hosts drifts. */
const approvedWhile = async (fleet: string, drifted: Partial<Stack>): Promise<{ readonly change: string; readonly host: Host }> => {
  const [, host] = await fleetOf(fleet)
  if (!host) throw new Error('the fleet has no second host')
  const plan = { waves: [{ share: 10_000 }] }
  const body = { fleet, livepatch: digestOf(moduleFile('2')), reason: 'why', plan }
  const change = String((await ask('propose-change', { as: 'alice', body })).body['id'])
  const inReview = await until(
    () => show(change),
    ({ body: { status } }) => status === 'in-review',
  )
  const digest = inReview.body['digest']
  const approve = (as: 'bob' | 'carol') => ask('approve-change', { as, path: { change }, body: { decision: 'approve', digest } })
  expect((await approve('bob')).status).toBe(201)
  expect((await report(host, 2, drifted)).status).toBe(200)
  expect((await approve('carol')).body).toMatchObject({ status: 'released' })
  return { change, host }
}

describe('a stack that appears after a change was judged', () => {
  test('is judged again, and where that is no worse, the wave opens and admits it', async () => {
    const { change, host } = await approvedWhile('calm', { targets: ['ext4'] })
    const { body } = await until(
      () => show(change),
      answer => answer.body['status'] !== 'released',
    )
    expect(body).toMatchObject({ status: 'rolling', rejudged: { hosts: 1, worse: [] } })
    const { directive } = (await ask('show-directive', { as: { token: hostToken(host) }, path: { fleet: 'calm' } })).body
    expect(Object(directive)).toMatchObject({ ask: { change, admitted: [expect.any(String), Object(body['rejudged']).cohorts[0]] } })
    const query = { newest: 'true', recompute: 'true' }
    expect((await ask('show-verdict', { as: 'dave', path: { change }, query })).body).toMatchObject({ recomputed: { outcome: 'equal' } })
  }, 60_000)

  test('halts the change where that is worse, and says on which hosts and in what', async () => {
    const runsOne = { name: 'lp_proc_1', digest: digestOf(moduleFile('1')), enabled: true, transition: false }
    const { change } = await approvedWhile('rough', { livepatches: [runsOne] })
    const { body } = await until(
      () => show(change),
      answer => answer.body['status'] !== 'released',
    )
    const detail = expect.stringMatching(/1 host with lp_proc_1 \(stack [0-9a-f]{12}\): review way-back-not-atomic/)
    expect(body).toMatchObject({ status: 'halted', halted: { code: 'drift', detail } })
  }, 60_000)
})
