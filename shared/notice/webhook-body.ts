import { NOTICES, type NoticeKind } from './kinds.ts'
import type { Notice } from './notice.ts'

export const eventType = (kind: NoticeKind): string => NOTICES[kind].type

const livepatchText = ({ livepatch }: NonNullable<Notice['change']>): string =>
  livepatch.name === null ? livepatch.digest.slice(0, 12) : `${livepatch.name} (${livepatch.series} ${livepatch.version})`

const subjectText = ({ change, fleet, subject }: Notice): string =>
  change === null
    ? subject
    : `${fleet === null ? '' : `fleet ${fleet} to `}${livepatchText(change)}${change.downgrade ? ', a downgrade' : ''}`

/** One line, without markup: what is asked or happened. */
export const headline = (notice: Notice): string => {
  const subject = subjectText(notice)
  return `${NOTICES[notice.kind].title}${subject === '' ? '' : `: ${subject}`}`
}

/** What every form of a notice carries. */
export const noticeData = (notice: Notice) => {
  const { kind, fleet, change, by, says, missing, decideBefore, link } = notice
  return { kind, title: headline(notice), fleet, change, by, says, missing, decideBefore, link }
}

/** The body of a webhook (Standard Webhooks, "Payload structure"), the same bytes at every attempt. */
export const webhookBody = (notice: Notice): string =>
  JSON.stringify({ type: eventType(notice.kind), timestamp: notice.at, data: noticeData(notice) })
