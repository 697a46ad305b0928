import type { ActivePolicies } from '../shared/edition/index.ts'
import type { Answer, PolicySet, Request } from '../shared/policy/index.ts'
import type { GuardedPolicyStore, GuardedStore, NoticeStore, Store } from '../shared/store/index.ts'
import type { EventBus } from './aws/event-bus.ts'
import type { MacKey } from './aws/mac-key.ts'
import type { ObjectStorage } from './aws/object-storage.ts'
import type { SigningKey } from './aws/signing-key.ts'
import type { Workflow } from './aws/workflow.ts'
import type { Post } from './notice/post.ts'

/** The policies in force. Whoever asks them looks up first which these are: once, at the beginning of an invocation. */
export type PolicyPort = {
  readonly refresh: () => Promise<void>
  readonly set: () => PolicySet
  readonly active: () => ActivePolicies
  readonly authorize: (request: Request) => Answer
}

/** What functions act on. Each takes only the members it uses; the wiring beside it knows where they come from. */
export type Ports = {
  readonly ledger: GuardedStore['ledger']
  readonly holds: GuardedStore['holds']
  readonly catalog: Store['catalog']
  readonly fleets: Store['fleets']
  readonly lineage: Store['lineage']
  readonly policies: GuardedPolicyStore
  readonly policy: PolicyPort
  readonly workflow: Workflow
  readonly objects: ObjectStorage
  readonly signingKey: SigningKey
  readonly notices: NoticeStore
  /** Out of which receivers' secrets are made. */
  readonly receiverKey: MacKey
  readonly eventBus: EventBus
  /** The way to receivers. */
  readonly post: Post
  /** Where people and hosts reach the service, without a trailing slash. */
  readonly publicUrl: string
  readonly now: () => number
  readonly newId: (at: number) => string
}
