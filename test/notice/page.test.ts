import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from '@jest/globals'
import { eventType, NOTICE_KINDS, secretText, signedHeaders } from '../../shared/notice/index.ts'

const page = readFileSync(fileURLToPath(new URL('../../docs/notices.md', import.meta.url)), 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'supersede-page-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('docs/notices.md', () => {
  test('names every kind of notice, and its type', () => {
    for (const kind of NOTICE_KINDS) expect(page).toContain(`\`${kind}\``)
    for (const kind of NOTICE_KINDS.filter(kind => !['resumed', 'aborted', 'completed'].includes(kind)))
      expect(page).toContain(`\`${eventType(kind)}\``)
  })

  test('its verification for Node accepts what we sign and nothing else', () => {
    const [, example = ''] = /```js\n([\s\S]*?)```/.exec(page) ?? []
    writeFileSync(join(folder, 'verify.mjs'), example)
    const [secret, other, body, now] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2), '{"a":"é"}', 1_763_895_600]
    const headers = signedHeaders('msg_1', now, body, [other, secret])
    const asked: readonly (readonly [string, object, string, number, boolean])[] = [
      [secretText(secret), headers, body, now * 1_000, true],
      [secretText(other), headers, body, (now + 299) * 1_000, true],
      [secretText(Buffer.alloc(32, 3)), headers, body, now * 1_000, false],
      [secretText(secret), headers, `${body} `, now * 1_000, false],
      [secretText(secret), headers, body, (now + 301) * 1_000, false],
      [secretText(secret), { ...headers, 'webhook-id': 'msg_2' }, body, now * 1_000, false],
      [secretText(secret), { ...headers, 'webhook-signature': 'v1,' }, body, now * 1_000, false],
      [secretText(secret), { ...headers, 'webhook-timestamp': 'soon' }, body, now * 1_000, false],
      [secretText(secret), {}, body, now * 1_000, false],
      [secretText(secret), { 'webhook-timestamp': String(now) }, body, now * 1_000, false],
    ]
    writeFileSync(
      join(folder, 'run.mjs'),
      `import { isFromSupersede } from './verify.mjs'
       console.log(JSON.stringify(${JSON.stringify(asked)}.map(([secret, headers, body, now]) => isFromSupersede(secret, headers, body, now))))`,
    )
    const answers: unknown = JSON.parse(execFileSync(process.execPath, [join(folder, 'run.mjs')], { encoding: 'utf8' }))
    expect(answers).toEqual(asked.map(([, , , , expected]) => expected))
  })
})
