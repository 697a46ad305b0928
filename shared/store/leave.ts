import type { ChangeEvent } from '../change/index.ts'
import type { PolicyEditEvent } from '../edition/index.ts'
import { type Decision, type HoldEvent, isDecision } from '../policy/index.ts'
import type { PolicyStore } from './policy-ports.ts'
import type { Ledger, Store } from './ports.ts'

/*
 * What is written must be what was allowed. A leave is for one action on one resource; here stands which events each lets in.
 * A new event needs a row, and without the leave that the row names it cannot be appended, whatever a handler does.
 */

/** Leaves by name: an action, and after a colon what exactly it was asked about. */
type Leaves = readonly string[]

const OF_CHANGE: Readonly<Record<ChangeEvent['type'], Leaves>> = {
  proposed: ['proposeChange'],
  revised: ['proposeChange'],
  judged: ['judgeChange', 'proposeChange'],
  blocked: ['judgeChange', 'proposeChange'],
  approved: ['approveChange:approve'],
  'changes-requested': ['approveChange:request-changes'],
  withdrawn: ['approveChange:withdraw'],
  commented: ['approveChange:comment'],
  'emergency-confirmed': ['approveChange:confirm'],
  'review-closed': ['approveChange:close-review'],
  delegated: ['approveChange:delegate'],
  'delegation-revoked': ['approveChange:revoke-delegation'],
  rejected: ['approveChange:reject'],
  released: ['releaseChange'],
  expired: ['expireChange'],
  rejudged: ['openWave', 'haltChange'],
  'wave-opened': ['openWave'],
  'wave-filled': ['fillWave'],
  'wave-passed': ['passWave'],
  halted: ['haltChange', 'controlChange:pause'],
  resumed: ['controlChange:resume'],
  aborted: ['controlChange:abort'],
  completed: ['completeChange'],
}

const OF_HOLD: Readonly<Record<HoldEvent['type'], Leaves>> = {
  'hold-placed': ['placeHold'],
  'hold-extended': ['extendHold'],
  'hold-lifted': ['liftHold'],
}

const OF_EDIT: Readonly<Record<PolicyEditEvent['type'], Leaves>> = {
  proposed: ['editPolicy'],
  approved: ['decidePolicyEdit:approve'],
  'approval-withdrawn': ['decidePolicyEdit:withdraw'],
  commented: ['decidePolicyEdit:comment'],
  rejected: ['decidePolicyEdit:reject'],
  withdrawn: ['decidePolicyEdit:withdraw'],
  /* Whether approvals suffice is asked of the policies that the edit would change. */
  enacted: ['enactPolicy'],
  outdated: ['expirePolicyEdit'],
  expired: ['expirePolicyEdit'],
}

/** Facts of streams where nothing is decided, by `<stream>#` and type. */
const RECORDED: Readonly<Record<string, Leaves>> = {
  'patch#submitted': ['submitPatch'],
  'fleet#created': ['manageFleet'],
  'fleet#enrolments-issued': ['manageFleet'],
  'host#enrolled': ['enrolHost'],
  'fleet#transition-cleared': ['clearTransition'],
  'fleet#transition-forced': ['recordForce'],
  'policy#policies-deployed': ['recordDeployment'],
  'receiver#receiver-created': ['manageReceivers'],
  'receiver#receiver-rotated': ['manageReceivers'],
  'receiver#receiver-enabled': ['manageReceivers'],
  'receiver#receiver-disabled': ['manageReceivers'],
  'receiver#receiver-removed': ['manageReceivers'],
}

/** Somebody wrote what nobody allowed: a mistake of ours, and nothing is written. */
export class NoLeave extends Error {
  override name = 'NoLeave'
}

type About = { readonly stream: string; readonly id: string; readonly fleet: string | null }

/** Whether a leave is about what is written: the thing itself, or the fleet (or house) that it belongs to. */
const isAbout = ({ resource }: Decision, { stream, id, fleet }: About): boolean => {
  switch (resource.type) {
    case 'House':
      return stream !== 'change' && stream !== 'fleet'
    case 'Change':
      return stream === 'fleet' ? resource.fleet === id : stream === 'change' && resource.id === id
    case 'Fleet':
      return stream === 'fleet' ? resource.id === id : resource.id === fleet
    case 'Patch':
      return stream === 'hold'
    case 'Hold':
      return stream === 'hold' && resource.id === id
    case 'PolicyEdit':
      return stream === 'policy-edit' && resource.id === id
  }
}

const nameOf = ({ action, to }: Decision): string => (to === null ? action : `${action}:${to}`)

type Event = { readonly type: string }

/** Id of the person whose word an event is; null where it is the lifecycle's, or names nobody. */
const authorOf = (event: Event): string | null => {
  const said: unknown = 'by' in event ? event.by : 'proposer' in event ? event.proposer : null
  return typeof said === 'object' && said !== null && 'id' in said && typeof said.id === 'string' ? said.id : null
}

/** Throws NoLeave where an event is let in by none of the leaves: what one person may say is no leave to say it as another. */
const requireLeave = (event: Event, allowed: Leaves | undefined, given: readonly Decision[], about: About): void => {
  const { type } = event
  const author = authorOf(event)
  const fitting = given.filter(
    decision => isDecision(decision) && allowed?.includes(nameOf(decision)) && (author === null || decision.principal === author),
  )
  if (fitting.some(decision => isAbout(decision, about))) return
  const leaves = given.map(leave => `${leave.principal} to ${nameOf(leave)} on ${JSON.stringify(leave.resource)}`).join(' and ')
  const whose = author === null ? '' : ` of ${author}`
  throw new NoLeave(`the leave for ${leaves} does not let ${type}${whose} into ${about.stream}#${about.id}`)
}

const guarded = Symbol('guarded')
/** Marks what appends nothing without the leave for it. */
type Guarded = { readonly [guarded]: true }

type Appended = Parameters<Ledger['appendChange']>[0]
const fleetOf = async (ledger: Ledger, { id, events }: Appended): Promise<string | null> => {
  const proposed = events.find(event => event.type === 'proposed')
  return proposed?.fleet ?? (await ledger.head(id))?.fleet ?? null
}

const guardLedger = (ledger: Ledger): Ledger => ({
  ...ledger,
  appendChange: async request => {
    const given = [request.decision, ...(request.moves ? [request.moves] : [])]
    /* Only a leave that is about a fleet needs to know which one the change is of. */
    const fleet = given.some(({ resource }) => resource.type === 'Fleet') ? await fleetOf(ledger, request) : null
    for (const event of request.events) requireLeave(event, OF_CHANGE[event.type], given, { stream: 'change', id: request.id, fleet })
    return ledger.appendChange(request)
  },
  record: async request => {
    const { stream, event, decision } = request
    const at = stream.indexOf('#')
    const fleet = typeof event['fleet'] === 'string' ? event['fleet'] : null
    const about = { stream: stream.slice(0, at), id: stream.slice(at + 1), fleet }
    requireLeave(event, RECORDED[`${about.stream}#${event.type}`], [decision], about)
    return ledger.record(request)
  },
})

const guardHolds = (holds: Store['holds']): Store['holds'] => ({
  ...holds,
  append: async request => {
    const { id, event, decision } = request
    const fleet = event.type === 'hold-placed' && event.scope === 'fleet' ? event.target : null
    requireLeave(event, OF_HOLD[event.type], [decision], { stream: 'hold', id, fleet })
    return holds.append(request)
  },
})

export type GuardedStore = Store & { readonly ledger: Guarded; readonly holds: Guarded }
export type GuardedPolicyStore = PolicyStore & Guarded

const marked = <Kept>(kept: Kept): Kept & Guarded => ({ ...kept, [guarded]: true })

/** The store as functions get it: every append checks that its leave is for these very events and for what they are about. */
export const guardStore = (store: Store): GuardedStore => ({
  ...store,
  ledger: marked(guardLedger(store.ledger)),
  holds: marked(guardHolds(store.holds)),
})

/** The same of edits of the policies. */
export const guardPolicyStore = (policies: PolicyStore): GuardedPolicyStore =>
  marked({
    ...policies,
    appendEdit: async request => {
      const { id, events, decision, enacting } = request
      const given = [decision, ...(enacting ? [enacting] : [])]
      const proposed = events.find(event => event.type === 'proposed')
      for (const event of events)
        requireLeave(event, OF_EDIT[event.type], given, { stream: 'policy-edit', id, fleet: proposed?.fleet ?? null })
      return policies.appendEdit(request)
    },
  })
