import type { Route } from '../rollout/index.ts'
import type { HoldScope } from './hold.ts'

/** Every action that policy is asked about; the schema declares the same ones (a test holds them equal). */
export const ACTIONS = [
  'viewPatch',
  'viewFleet',
  'viewChange',
  'viewHistory',
  'viewReceivers',
  'viewPolicy',
  'simulate',
  'submitPatch',
  'manageFleet',
  'manageReceivers',
  'proposeChange',
  'approveChange',
  'controlChange',
  'placeHold',
  'extendHold',
  'liftHold',
  'clearTransition',
  'editPolicy',
  'decidePolicyEdit',
  'releaseChange',
  'openWave',
  'enactPolicy',
  'expirePolicyEdit',
  'judgeChange',
  'expireChange',
  'fillWave',
  'passWave',
  'haltChange',
  'completeChange',
  'enrolHost',
  'recordForce',
  'recordDeployment',
] as const
export type Action = (typeof ACTIONS)[number]

export type Principal = { readonly type: 'Person'; readonly id: string; readonly groups: readonly string[] } | { readonly type: 'Workflow' }

/** The lifecycle itself: `Workflow::"supersede"`. */
export const WORKFLOW_PRINCIPAL: Principal = { type: 'Workflow' }

/** What is acted on; the house stands for everything that belongs to no fleet. */
export type Resource =
  | { readonly type: 'House' }
  | { readonly type: 'Patch'; readonly id: string }
  | { readonly type: 'Fleet'; readonly id: string }
  /** `builder`: who submitted the livepatch, where that is known. */
  | {
      readonly type: 'Change'
      readonly id: string
      readonly fleet: string
      readonly proposer: string
      readonly builder?: string | undefined
    }
  /** `fleet`: the one whose rules alone it touches; null: it touches the house. */
  | { readonly type: 'PolicyEdit'; readonly id: string; readonly fleet: string | null; readonly proposer: string }
  /** `fleet`: the one that is held; null where something else is. */
  | { readonly type: 'Hold'; readonly id: string; readonly scope: HoldScope; readonly fleet: string | null; readonly owner: string }

export const HOUSE: Resource = { type: 'House' }

/** Context of releaseChange and openWave (releaseContext makes it). */
export type ReleaseContext = {
  /** Approvals that count. `members`: of each group, how many of those people. `signedOff`: what they name, of all together. */
  readonly approvals: {
    readonly people: number
    readonly members: Readonly<Record<string, number>>
    readonly signedOff: readonly string[]
    readonly changesRequested: number
  }
  readonly verdict: {
    readonly outcome: string
    readonly block: readonly string[]
    readonly review: readonly string[]
    readonly downgrade: boolean
    readonly fixesLost: readonly string[]
    /** What would block and is accepted by name. */
    readonly accepted: readonly string[]
  }
  readonly plan: { readonly waves: number; readonly firstShare: number; readonly soakSeconds: number }
  /** How hosts get there. */
  readonly route: Route
  readonly tier: string
  /** Names of the freezes in force on the fleet. */
  readonly frozen: readonly string[]
  readonly outsideWindows: boolean
  /** Scopes of the holds in force. */
  readonly held: readonly string[]
  /** Groups whose consent is missing. */
  readonly unconsented: readonly string[]
  /** What is accepted in an emergency that nobody confirmed. */
  readonly unconfirmed: readonly string[]
  readonly breakGlass: { readonly passes: readonly string[]; readonly confirmed: boolean }
}

/** What people say on a change; context of approveChange. */
export const DECISIONS = [
  'approve',
  'reject',
  'request-changes',
  'delegate',
  'confirm',
  'withdraw',
  'revoke-delegation',
  'close-review',
  'comment',
] as const
export type DecisionOnChange = (typeof DECISIONS)[number]

/** What people say on an edit of the policies; context of decidePolicyEdit. */
export const EDIT_DECISIONS = ['approve', 'reject', 'withdraw', 'comment'] as const
export type DecisionOnEdit = (typeof EDIT_DECISIONS)[number]

/** Context of enactPolicy. */
export type EnactContext = { readonly approvals: ReleaseContext['approvals']; readonly scope: 'house' | 'fleet' }

/** Actions that are asked about without a context. */
export type PlainAction = Exclude<
  Action,
  'releaseChange' | 'openWave' | 'controlChange' | 'approveChange' | 'clearTransition' | 'decidePolicyEdit' | 'enactPolicy' | 'placeHold'
>

export type Request = { readonly principal: Principal; readonly resource: Resource } & (
  | { readonly action: PlainAction }
  | { readonly action: 'approveChange'; readonly context: { readonly decision: DecisionOnChange } }
  | { readonly action: 'decidePolicyEdit'; readonly context: { readonly decision: DecisionOnEdit } }
  | { readonly action: 'enactPolicy'; readonly context: EnactContext }
  | { readonly action: 'controlChange'; readonly context: { readonly command: 'pause' | 'resume' | 'abort' } }
  /** `author`: id of the person who submitted the change's livepatch. */
  | { readonly action: 'clearTransition'; readonly context: { readonly author: string } }
  | { readonly action: 'placeHold'; readonly context: { readonly scope: HoldScope } }
  | { readonly action: 'releaseChange' | 'openWave'; readonly context: ReleaseContext }
)
