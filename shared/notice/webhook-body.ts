import { NOTICES, type NoticeKind } from './kinds.ts'
import type { Notice } from './notice.ts'

export const eventType = (kind: NoticeKind): string => NOTICES[kind].type

export type LivepatchName = { readonly name: string; readonly series: string | null; readonly version: string | null }

/** "lp_proc_2 (proc 2)" */
export const livepatchText = ({ name, series, version }: LivepatchName): string => `${name} (${series} ${version})`

const ofChange = ({ livepatch: { digest, name, ...rest } }: NonNullable<Notice['change']>): string =>
  name === null ? digest.slice(0, 12) : livepatchText({ name, ...rest })

const subjectText = ({ change, fleet, subject }: Notice): string =>
  change === null
    ? subject
    : `${fleet === null ? '' : `fleet ${fleet} to `}${ofChange(change)}${change.downgrade ? ', a downgrade' : ''}${change.emergency === null ? '' : `, emergency ${change.emergency.incident}`}`

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
