import type { AttemptPorts } from '../notice/attempt-delivery.ts'
import { log, now } from './around.ts'
import { notices } from './notices.ts'
import { eventBus, post, receiverKey } from './receivers.ts'
import { publicUrl } from './services.ts'

/** What a function needs that sends to receivers. */
export const notifying = (): AttemptPorts => ({
  notices: notices(),
  receiverKey: receiverKey(),
  eventBus: eventBus(),
  post: post(),
  publicUrl: publicUrl(),
  now,
  log,
})
