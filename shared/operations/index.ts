/**
 * The one table of what can be asked of Supersede over HTTP. Routes and their authorization (infra), the choke point's
 * policy action (functions), the OpenAPI document, the clients' paths and the tests of all of them are derived from it,
 * so that a route without a rule cannot exist.
 */

/** Who may speak on a route: anyone; a person's JWT; a host's self-signed token; the holder of a one-time enrolment token. */
export type Audience = 'public' | 'person' | 'host' | 'enrolment'

export type Operation = {
  /** Also the name of the handler's file in functions/api. */
  readonly id: string
  readonly method: 'GET' | 'POST'
  /** HTTP API route template. */
  readonly path: string
  readonly audience: Audience
  /** Cedar action that the choke point asks; hosts and the public are admitted by their authorizer alone. */
  readonly action: string | null
  /** A mutation by a person wants an Idempotency-Key. */
  readonly idempotent: boolean
  readonly summary: string
}

const read = <Id extends string>(id: Id, path: string, action: string, summary: string) =>
  ({ id, method: 'GET', path, audience: 'person', action, idempotent: false, summary }) as const
const write = <Id extends string>(id: Id, path: string, action: string, summary: string) =>
  ({ id, method: 'POST', path, audience: 'person', action, idempotent: true, summary }) as const

export const OPERATIONS = [
  write('submit-patch', '/patches', 'submitPatch', 'Submit a livepatch module'),
  write('upload-patch', '/patches/uploads', 'submitPatch', 'Get a pre-signed upload for a module above 4 MB'),
  read('list-patches', '/patches', 'viewPatch', 'List livepatches'),
  read('show-patch', '/patches/{digest}', 'viewPatch', 'Show the manifest of a livepatch'),
  read('show-patch-lineage', '/patches/{digest}/lineage', 'viewPatch', 'Show what a livepatch replaced and what replaced it'),
  write('propose-change', '/changes', 'proposeChange', 'Propose that a fleet run a livepatch'),
  read('list-changes', '/changes', 'viewChange', 'List changes'),
  read('show-change', '/changes/{change}', 'viewChange', 'Show a change'),
  read('show-verdict', '/changes/{change}/verdict', 'viewChange', 'Show the verdict of a change'),
  write(
    'approve-change',
    '/changes/{change}/approvals',
    'approveChange',
    'Approve or reject a change, ask for changes, delegate, withdraw, or comment',
  ),
  write(
    'revise-change',
    '/changes/{change}/revisions',
    'proposeChange',
    'Judge a change in review again, with another plan or on what is there now',
  ),
  write('control-change', '/changes/{change}/control', 'controlChange', 'Pause, resume or abort a change'),
  write('place-hold', '/holds', 'placeHold', 'Hold a livepatch, a series, a fleet, or everything'),
  read('list-holds', '/holds', 'viewChange', 'List the holds in force, or all that ever were'),
  write('lift-hold', '/holds/{hold}/lift', 'liftHold', 'Lift a hold'),
  write('extend-hold', '/holds/{hold}/extension', 'extendHold', 'Let a hold last longer'),
  {
    ...write('simulate', '/simulations', 'simulate', 'Judge a livepatch on a fleet or stack without proposing anything'),
    idempotent: false,
  },
  write('create-fleet', '/fleets', 'manageFleet', 'Create a fleet'),
  read('list-fleets', '/fleets', 'viewFleet', 'List fleets'),
  read('show-fleet', '/fleets/{fleet}', 'viewFleet', 'Show a fleet with its cohorts'),
  read('list-hosts', '/fleets/{fleet}/hosts', 'viewFleet', 'List the hosts of a fleet'),
  write('issue-enrolments', '/fleets/{fleet}/enrolments', 'manageFleet', 'Issue one-time enrolment tokens'),
  {
    id: 'enrol-host',
    method: 'POST',
    path: '/fleets/{fleet}/hosts',
    audience: 'enrolment',
    action: null,
    idempotent: false,
    summary: 'Enrol a host with a one-time token and the public half of its own key',
  },
  {
    id: 'show-directive',
    method: 'GET',
    path: '/fleets/{fleet}/directive',
    audience: 'host',
    action: null,
    idempotent: false,
    summary: 'The signed directive of a fleet',
  },
  {
    id: 'report-hosts',
    method: 'POST',
    path: '/fleets/{fleet}/reports',
    audience: 'host',
    action: null,
    idempotent: false,
    summary: 'Report up to 500 signed host states',
  },
  read('show-host', '/hosts/{host}', 'viewFleet', 'Show a host, and what its stalled transition waits for'),
  write('clear-transition', '/hosts/{host}/clearances', 'clearTransition', 'Clear one stalled transition of one host to be forced'),
  {
    id: 'show-clearance',
    method: 'GET',
    path: '/hosts/{host}/clearance',
    audience: 'host',
    action: null,
    idempotent: false,
    summary: 'The signed clearance of a host’s stalled transition',
  },
  read('show-host-history', '/hosts/{host}/history', 'viewHistory', 'What ran on a host over time, and by whose approval'),
  read('list-history', '/history', 'viewHistory', 'List recorded commits, newest first'),
  read('show-policies', '/policies', 'viewPolicy', 'Show the policies in force, and what they ask for in plain words'),
  read('list-policy-editions', '/policies/editions', 'viewPolicy', 'List what came into force on top of the deployed policies'),
  {
    ...write(
      'check-policy-edit',
      '/policies/checks',
      'viewPolicy',
      'Check an edit of the policies without proposing it, and what past changes it would have decided otherwise',
    ),
    idempotent: false,
  },
  write('propose-policy-edit', '/policies/edits', 'editPolicy', 'Propose an edit of the policies'),
  read('list-policy-edits', '/policies/edits', 'viewPolicy', 'List edits of the policies, newest first'),
  read('show-policy-edit', '/policies/edits/{edit}', 'viewPolicy', 'Show an edit of the policies, what differs and what is missing'),
  write(
    'decide-policy-edit',
    '/policies/edits/{edit}/decisions',
    'decidePolicyEdit',
    'Approve, reject, withdraw or comment on an edit of the policies',
  ),
  read('show-lineage', '/lineage/{digest}', 'viewPatch', 'The replaced-by graph around a livepatch'),
  write('create-receiver', '/receivers', 'manageReceivers', 'Add somebody who is told: a webhook, a Slack channel, the event bus'),
  read('list-receivers', '/receivers', 'viewReceivers', 'List who is told, and how they do'),
  write(
    'control-receiver',
    '/receivers/{receiver}/control',
    'manageReceivers',
    'Give a receiver a new secret, disable, enable or remove it',
  ),
  write('test-receiver', '/receivers/{receiver}/test', 'manageReceivers', 'Send a test to a receiver and tell what came of it'),
  read('list-deliveries', '/receivers/{receiver}/deliveries', 'viewReceivers', 'What was sent to a receiver, newest first'),
  write(
    'retry-delivery',
    '/receivers/{receiver}/deliveries/{delivery}/retry',
    'manageReceivers',
    'Send a delivery again, and tell what came of it',
  ),
  {
    id: 'show-openapi',
    method: 'GET',
    path: '/openapi.json',
    audience: 'public',
    action: null,
    idempotent: false,
    summary: 'This API as OpenAPI 3.1',
  },
] as const satisfies readonly Operation[]

export type OperationId = (typeof OPERATIONS)[number]['id']

export const operation = (id: OperationId): Operation => {
  const found = OPERATIONS.find(candidate => candidate.id === id)
  if (!found) throw new Error(`no operation ${id}`)
  return found
}

/** The Lambda tasks of the lifecycle state machine; each name is a file in functions/lifecycle. */
export const LIFECYCLE_TASKS = [
  'validate',
  'await-approvals',
  'expire-approvals',
  'open-wave',
  'await-wave',
  'judge-wave',
  'halt',
  'await-decision',
  'record-lineage',
] as const
export type LifecycleTask = (typeof LIFECYCLE_TASKS)[number]

/** The path of an operation with its parameters filled in, each encoded. Throws when one is missing. */
export const pathOf = (id: OperationId, parameters: Readonly<Record<string, string>> = {}): string =>
  operation(id).path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = parameters[name]
    if (value === undefined) throw new Error(`the path of ${id} wants ${name}`)
    return encodeURIComponent(value)
  })
