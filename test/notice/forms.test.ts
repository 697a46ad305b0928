import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  cloudEvent,
  eventType,
  headline,
  NOTICE_KINDS,
  type Notice,
  noticeId,
  plainText,
  slackMessage,
  slackText,
  webhookBody,
} from '../../shared/notice/index.ts'

const NOTICE: Notice = {
  id: 'msg_1',
  kind: 'approval-asked',
  at: '2026-11-23T11:00:00.000Z',
  fleet: 'edge',
  subject: '',
  change: {
    id: '01JDC4M8T0000000000000000A',
    status: 'in-review',
    livepatch: { digest: 'ab'.repeat(32), name: 'lp_proc_2', series: 'proc', version: '2' },
    proposer: 'Alice Arnaud',
    reason: 'CVE-2026-0001',
    outcome: 'review',
    downgrade: false,
    emergency: null,
  },
  by: null,
  says: '',
  missing: ['an approval by one of security'],
  decideBefore: '2026-11-26T11:00:00.000Z',
  link: 'https://supersede.example.com/#/changes/01JDC4M8T0000000000000000A',
}

/** What somebody would write who wants to be more than text. */
const nasty = fc.oneof(
  fc.constantFrom(
    '<!channel>',
    '<!here|here>',
    '@everyone @channel @here',
    '<https://evil.example|Approve>',
    'https://evil.example/approve',
    '*bold* _it_ ~no~ `code` >quote',
    '&lt;!channel&gt;',
    '&amp;lt;',
    '<@U012AB3CD>',
    '<#C123|general>',
    'a|b>c',
    '\u202egpj.exe',
    'x\u0000\u001b[31m\r\n• Approved by Bob',
  ),
  fc.string({ unit: 'grapheme', maxLength: 120 }),
  fc.string({ unit: 'binary', maxLength: 400 }),
)
const anyNotice: fc.Arbitrary<Notice> = fc
  .record({
    kind: fc.constantFrom(...NOTICE_KINDS),
    name: nasty,
    reason: nasty,
    says: nasty,
    by: nasty,
    missing: fc.array(nasty, { maxLength: 3 }),
    fleet: nasty,
  })
  .map(({ kind, name, reason, says, by, missing, fleet }) => ({
    ...NOTICE,
    kind,
    fleet,
    by,
    says,
    missing,
    change: NOTICE.change && { ...NOTICE.change, reason, proposer: name, livepatch: { ...NOTICE.change.livepatch, name } },
  }))

type Text = { readonly type: string; readonly text: string; readonly verbatim?: boolean }
const textsOf = (value: unknown): readonly Text[] => {
  if (typeof value !== 'object' || value === null) return []
  const inner = Object.values(value).flatMap(textsOf)
  return typeof Reflect.get(value, 'text') === 'string' && typeof Reflect.get(value, 'type') === 'string'
    ? [Object(value), ...inner]
    : inner
}
const decoded = (text: string): string =>
  text.replaceAll('\u200b', '').replaceAll('&gt;', '>').replaceAll('&lt;', '<').replaceAll('&amp;', '&')

describe('a message for Slack', () => {
  test('says what is asked, by whom, until when, what is missing, and where to look', () => {
    const { blocks } = slackMessage(NOTICE)
    const text = textsOf(blocks).map(one => decoded(one.text))
    expect(text).toEqual([
      'Approval asked: fleet edge to lp_proc_2 (proc 2)',
      'Proposed by Alice Arnaud: CVE-2026-0001',
      'Verdict: review',
      'Still missing: an approval by one of security',
      'Decide before 2026-11-26T11:00:00Z',
      `<${NOTICE.link}|Look at it and decide> (after a login)`,
    ])
  })

  test('whatever people write is text: the only markup in it is our own link, and nothing in it calls anybody', () => {
    fc.assert(
      fc.property(anyNotice, notice => {
        const message = slackMessage(notice)
        const marked = textsOf(message.blocks).filter(({ type }) => type === 'mrkdwn')
        expect(marked).toEqual([{ type: 'mrkdwn', text: `<${NOTICE.link}|Look at it and decide> (after a login)`, verbatim: true }])
        const plain = [message.text, ...textsOf(message.blocks).flatMap(one => (one.type === 'plain_text' ? [one.text] : []))]
        for (const text of plain) {
          expect(text).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/)
          expect(text).not.toMatch(/@(channel|here|everyone)|:\/\//i)
        }
        expect(message).toMatchObject({ parse: 'none', link_names: false, unfurl_links: false, unfurl_media: false })
      }),
      { numRuns: 300 },
    )
  })

  test('nothing is lost by escaping: read back, the text is what was written', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), text => decoded(slackText(text)) === text.replaceAll('\u200b', '')))
  })

  test('it is never longer than Slack takes', () => {
    const long: Notice = {
      ...NOTICE,
      fleet: '&'.repeat(300),
      says: '<'.repeat(300),
      missing: Array.from({ length: 10 }, () => '>'.repeat(300)),
      change: NOTICE.change && { ...NOTICE.change, reason: '&'.repeat(300), proposer: '&'.repeat(100) },
    }
    const { blocks } = slackMessage(long)
    const [first, ...rest] = textsOf(blocks)
    expect(first?.text.length).toBeLessThanOrEqual(150)
    expect(first?.text).toMatch(/(&amp;|[^&])$/)
    for (const { text } of rest) expect(text.length).toBeLessThanOrEqual(2_000)
    expect(blocks.flatMap(block => ('fields' in block ? block.fields : [])).length).toBeLessThanOrEqual(10)
  })
})

describe('texts', () => {
  test('are one printable line of bounded length', () => {
    fc.assert(
      fc.property(nasty, fc.integer({ min: 1, max: 50 }), (text, max) => {
        const plain = plainText(text, max)
        expect(plain).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
        expect([...plain].length).toBeLessThanOrEqual(max)
      }),
    )
  })
  test.each([
    ['a\u202eb\u0007c', 'a b c'],
    ['  t\n\no ', 't o'],
    ['x'.repeat(6), 'xxxx…'],
  ])('%j becomes %j', (text, expected) => {
    expect(plainText(text, 5)).toBe(expected)
  })
})

describe('an event', () => {
  test('of the bus is a CloudEvent 1.0: the four attributes that must be there, and no attribute that may not', () => {
    const event = cloudEvent(NOTICE, 'https://supersede.example.com')
    expect(event).toMatchObject({
      specversion: '1.0',
      id: 'msg_1',
      source: 'https://supersede.example.com',
      type: 'dev.supersede.change.approval_asked.v1',
      subject: NOTICE.change?.id,
      time: NOTICE.at,
      datacontenttype: 'application/json',
    })
    for (const name of Object.keys(event)) expect(name).toMatch(/^[a-z0-9]{1,20}$/)
    expect(event.data).toEqual(JSON.parse(webhookBody(NOTICE)).data)
  })
  test.each(NOTICE_KINDS)('%s has a type of letters, digits, _ and full stops', kind => {
    expect(eventType(kind)).toMatch(/^(change|receiver|fleet|policy|hold)\.[a-z0-9_]+$/)
    expect(headline({ ...NOTICE, kind })).toContain('fleet edge to lp_proc_2')
  })
  test('is small', () => {
    expect(webhookBody({ ...NOTICE, says: '€'.repeat(300) }).length).toBeLessThan(20_000)
  })
  test('ids sort by time, follow from what they are about, and have no full stop', () => {
    const at = Date.UTC(2026, 10, 23)
    expect(noticeId(at, 'a')).toBe(noticeId(at, 'a'))
    expect(noticeId(at, 'a')).not.toBe(noticeId(at, 'b'))
    fc.assert(
      fc.property(fc.nat(2 ** 31), fc.nat(2 ** 31), fc.string(), (a, b, about) => {
        expect(noticeId(at + a, about) < noticeId(at + b, '')).toBe(a < b || (a === b && noticeId(at, about) < noticeId(at, '')))
        expect(noticeId(at + a, about)).toMatch(/^msg_[0-9A-Z]{30}$/)
      }),
    )
  })
})
