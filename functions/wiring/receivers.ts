import { eventBus as openEventBus } from '../aws/event-bus.ts'
import { macKey } from '../aws/mac-key.ts'
import { openPost } from '../notice/post.ts'
import { lazily, optional, required } from './environment.ts'
import { service } from './services.ts'

export const receiverKey = lazily(() => macKey(service('kms', 'KMS'), required('RECEIVER_KEY_ID')))
export const eventBus = lazily(() => openEventBus(service('events', 'EVENTBRIDGE'), required('EVENT_BUS_NAME')))
/** On one machine receivers may lie on it; deployed, on the public internet only. */
export const addresses = lazily(() => ({ loopback: optional('LOOPBACK_RECEIVERS', 'no') === 'yes' }))
export const post = lazily(() => openPost(addresses()))
