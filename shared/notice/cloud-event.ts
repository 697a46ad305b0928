import type { Notice } from './notice.ts'
import { eventType, noticeData } from './webhook-body.ts'

/** CloudEvents 1.0 in its JSON form. `source` is where Supersede is reached. */
export const cloudEvent = (notice: Notice, source: string) => ({
  specversion: '1.0',
  id: notice.id,
  source,
  type: `dev.supersede.${eventType(notice.kind)}.v1`,
  ...(notice.change === null ? {} : { subject: notice.change.id }),
  time: notice.at,
  datacontenttype: 'application/json',
  data: noticeData(notice),
})

/** An entry of EventBridge's PutEvents: the CloudEvent is its detail, whose type stands outside too, where rules match fastest. */
export const busEntry = (notice: Notice, source: string, bus: string) => {
  const event = cloudEvent(notice, source)
  return {
    EventBusName: bus,
    Source: 'supersede',
    DetailType: event.type,
    Time: Date.parse(notice.at) / 1_000,
    Detail: JSON.stringify(event),
  }
}
