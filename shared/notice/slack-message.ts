import type { Notice } from './notice.ts'
import { headline } from './webhook-body.ts'

/*
 * A message for Slack's incoming webhooks (and those that take the same form). What people wrote (names, reasons) stands in plain_text
 * only, where Slack marks nothing up; the three characters that it gives a meaning to are escaped there too (Slack, "Formatting text for
 * app surfaces"), and a zero-width space takes `@` and `://` apart, so that no client makes a mention or a link of them by itself.
 * The one mrkdwn text is the link to the change, which is ours.
 */

const BREAK = '\u200b'
/** Bounds of Slack, characters of the text as it is sent. */
const HEADER_MAX = 150
const FIELD_MAX = 2_000

/** "2026-12-01T18:00:00Z" */
const secondText = (instant: string): string => instant.replace(/\.\d+Z$/, 'Z')

const emergencyText = ({ change }: Notice): string => {
  if (!change?.emergency) return ''
  const { incident, reason, state, confirmBefore } = change.emergency
  const until = confirmBefore === null ? state.replace('-', ' ') : `to be confirmed before ${secondText(confirmBefore)}`
  return `Emergency ${incident}: ${reason}; ${until}`
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** Text that stays text. */
export const slackText = (text: string): string => escaped(text).replaceAll('@', `@${BREAK}`).replaceAll('://', `:${BREAK}//`)

/** Escaped text may be longer than what Slack takes (`max`), and it then refuses the whole message; so the rest is left out, never half an entity. */
const plain = (text: string, max: number) => {
  const points = [...text]
  const isCut = slackText(text).length > max
  while (slackText(`${points.join('')}${isCut ? '…' : ''}`).length > max) points.pop()
  return { type: 'plain_text', text: slackText(`${points.join('')}${isCut ? '…' : ''}`), emoji: false } as const
}

const facts = (notice: Notice): readonly string[] => {
  const { change, by, says, missing, decideBefore } = notice
  return [
    change === null ? '' : `Proposed by ${change.proposer}: ${change.reason}`,
    emergencyText(notice),
    by === null ? '' : `By ${by}`,
    says === '' ? '' : `Said: ${says}`,
    change?.outcome ? `Verdict: ${change.outcome}${change.downgrade ? ', downgrade' : ''}` : '',
    missing.length === 0 ? '' : `Still missing: ${missing.join('; ')}`,
    decideBefore === null ? '' : `Decide before ${secondText(decideBefore)}`,
  ].filter(fact => fact !== '')
}

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
      { type: 'header', text: plain(headline(notice), HEADER_MAX) },
      ...(lines.length === 0 ? [] : [{ type: 'section', fields: lines.map(line => plain(line, FIELD_MAX)) }]),
      { type: 'section', text: { type: 'mrkdwn', text: linkText(notice.link), verbatim: true } },
    ],
  }
}
