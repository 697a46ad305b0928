import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { root } from '../infra/assembly.ts'
import { isSigned, startReceiver } from '../notice/receiver-double.ts'
import { openOnePlatform, until } from './one-platform.ts'

/* The stack as it is deployed tells people, with nobody asking it to: what is appended reaches its receivers by the table's stream. */

const MODULE = readFileSync(join(root, 'examples/livepatches/lp_proc_2.ko'))
const [webhook, slack] = [await startReceiver(), await startReceiver()]
const platform = await openOnePlatform()
const { ask } = platform
afterAll(async () => {
  await platform.close()
  await Promise.all([webhook.stop(), slack.stop()])
})

const secrets: string[] = []
const add = async (body: object) => {
  const added = await ask('create-receiver', { as: 'alice', body })
  expect(added.status).toBe(201)
  return added
}

beforeAll(async () => {
  await ask('submit-patch', { as: 'alice', body: { module: MODULE.toString('base64') } })
  const { body } = await add({ name: 'hook', kind: 'webhook', url: webhook.url })
  secrets.push(String(body['secret']))
  await add({ name: 'chat', kind: 'slack', url: slack.url })
  await add({ name: 'bus', kind: 'eventbridge' })
  await ask('create-fleet', { as: 'alice', body: { id: 'edge' } })
}, 60_000)

test('an approval that is asked for arrives within seconds: signed, in Slack’s form, and on the event bus', async () => {
  const livepatch = createHash('sha256').update(MODULE).digest('hex')
  const proposed = await ask('propose-change', { as: 'alice', body: { fleet: 'edge', livepatch, reason: 'CVE-2026-0001 <!channel>' } })
  const change = String(proposed.body['id'])
  await until(
    async () => webhook.heard.length + slack.heard.length + platform.events().length,
    count => count >= 3,
  )
  const [heard] = webhook.heard
  expect(heard && isSigned(heard, secrets[0] ?? '')).toBe(true)
  expect(JSON.parse(heard?.body ?? '')).toMatchObject({
    type: 'change.approval_asked',
    data: { change: { id: change, proposer: 'Alice Arnaud' }, link: `${platform.url}/#/changes/${change}` },
  })
  expect(slack.heard[0]?.body).toContain('&lt;!channel&gt;')
  expect(platform.events()).toMatchObject([
    { source: 'supersede', 'detail-type': 'dev.supersede.change.approval_asked.v1', detail: { specversion: '1.0', subject: change } },
  ])
})

test('the link leads to a page that asks for a login, and decides nothing by itself', async () => {
  const { link } = JSON.parse(webhook.heard[0]?.body ?? '').data
  const page = await fetch(link)
  expect([page.status, page.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/html')])
  const change = String(link).split('/').at(-1) ?? ''
  expect((await platform.send('GET', `/changes/${change}`)).status).toBe(401)
  expect((await platform.send('POST', `/changes/${change}/approvals`, { body: { decision: 'approve' } })).status).toBe(401)
  expect((await ask('show-change', { as: 'dave', path: { change } })).body).toMatchObject({ status: 'in-review', approvals: [] })
})

test('neither a secret nor the address of a channel is in a log or in a file that is kept', () => {
  const files = readdirSync(platform.data, { recursive: true, encoding: 'utf8' }).map(name => join(platform.data, name))
  const kept = files.filter(file => existsSync(file) && statSync(file).isFile()).map(file => readFileSync(file))
  const log = platform.log.join('\n')
  for (const secret of secrets) {
    expect(secret).toMatch(/^whsec_/)
    expect(log.includes(secret.slice(6))).toBe(false)
    for (const bytes of kept) expect(bytes.includes(secret.slice(6))).toBe(false)
  }
  expect(log).not.toContain('very-secret-path')
})
