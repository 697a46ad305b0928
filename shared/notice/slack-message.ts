import type { Notice } from './notice.ts'
import { headline } from './webhook-body.ts'

/*
 * A message for Slack's incoming webhooks (and those that take the same form). What people wrote (names, reasons) stands in plain_text
 * only, where Slack marks nothing up; the three characters that it gives a meaning to are escaped there too (Slack, "Formatting text for
 * app surfaces"), and a zero-width space takes `@` and `://` apart, so that no client makes a mention or a link of them by itself.
 * The one mrkdwn text is the link to the change, which is ours.
 */

const BREAK = '\u200b'
/** Bounds of Slack: 150 characters of a header, 2,000 of a field, 3,000 of a text; ours are shorter, and an escaped one may grow fivefold. */
const HEADER_MAX = 150

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** Text that stays text. */
export const slackText = (text: string): string => escaped(text).replaceAll('@', `@${BREAK}`).replaceAll('://', `:${BREAK}//`)

const plain = (text: string) => ({ type: 'plain_text', text: slackText(text), emoji: false }) as const

/** Escaped text may be longer than what Slack takes; then the rest is left out, never half an entity. */
const header = (text: string) => {
  const points = [...text]
  while (slackText(points.join('')).length > HEADER_MAX) points.pop()
  return plain(points.join(''))
}

const facts = ({ change, by, says, missing, decideBefore }: Notice): readonly string[] =>
  [
    change === null ? '' : `Proposed by ${change.proposer}: ${change.reason}`,
    by === null ? '' : `By ${by}`,
    says === '' ? '' : `Said: ${says}`,
    change?.outcome ? `Verdict: ${change.outcome}${change.downgrade ? ', downgrade' : ''}` : '',
    missing.length === 0 ? '' : `Still missing: ${missing.join('; ')}`,
    decideBefore === null ? '' : `Decide before ${decideBefore.replace(/\.\d+Z$/, 'Z')}`,
  ].filter(fact => fact !== '')

/** Our own address, percent-encoded by URL: none of Slack's three characters is left in it. */
const linkText = (link: string): string => `<${escaped(new URL(link).href).replaceAll('|', '%7C')}|Look at it and decide> (after a login)`

export const slackMessage = (notice: Notice) => {
  const lines = facts(notice)
  return {
    text: slackText(headline(notice)),
    // Slack looks for names and addresses in `text` only where these say so.
    parse: 'none',
    link_names: false,
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      { type: 'header', text: header(headline(notice)) },
      ...(lines.length === 0 ? [] : [{ type: 'section', fields: lines.map(plain) }]),
      { type: 'section', text: { type: 'mrkdwn', text: linkText(notice.link), verbatim: true } },
    ],
  }
}
