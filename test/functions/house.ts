import { createHmac, generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import type { Context } from 'aws-lambda'
import * as approveChange from '../../functions/api/approve-change.ts'
import * as checkPolicyEdit from '../../functions/api/check-policy-edit.ts'
import * as clearTransition from '../../functions/api/clear-transition.ts'
import * as controlChange from '../../functions/api/control-change.ts'
import * as controlReceiver from '../../functions/api/control-receiver.ts'
import * as createFleet from '../../functions/api/create-fleet.ts'
import * as createReceiver from '../../functions/api/create-receiver.ts'
import * as decidePolicyEdit from '../../functions/api/decide-policy-edit.ts'
import * as enrolHost from '../../functions/api/enrol-host.ts'
import * as extendHold from '../../functions/api/extend-hold.ts'
import * as issueEnrolments from '../../functions/api/issue-enrolments.ts'
import * as liftHold from '../../functions/api/lift-hold.ts'
import * as listChanges from '../../functions/api/list-changes.ts'
import * as listDeliveries from '../../functions/api/list-deliveries.ts'
import * as listFleets from '../../functions/api/list-fleets.ts'
import * as listHistory from '../../functions/api/list-history.ts'
import * as listHolds from '../../functions/api/list-holds.ts'
import * as listHosts from '../../functions/api/list-hosts.ts'
import * as listPatches from '../../functions/api/list-patches.ts'
import * as listPolicyEditions from '../../functions/api/list-policy-editions.ts'
import * as listPolicyEdits from '../../functions/api/list-policy-edits.ts'
import * as listReceivers from '../../functions/api/list-receivers.ts'
import * as placeHold from '../../functions/api/place-hold.ts'
import * as proposeChange from '../../functions/api/propose-change.ts'
import * as proposePolicyEdit from '../../functions/api/propose-policy-edit.ts'
import * as reportHosts from '../../functions/api/report-hosts.ts'
import * as retryDelivery from '../../functions/api/retry-delivery.ts'
import * as reviseChange from '../../functions/api/revise-change.ts'
import * as showChange from '../../functions/api/show-change.ts'
import * as showClearance from '../../functions/api/show-clearance.ts'
import * as showDirective from '../../functions/api/show-directive.ts'
import * as showFleet from '../../functions/api/show-fleet.ts'
import * as showHost from '../../functions/api/show-host.ts'
import * as showHostHistory from '../../functions/api/show-host-history.ts'
import * as showLineage from '../../functions/api/show-lineage.ts'
import * as showOpenapi from '../../functions/api/show-openapi.ts'
import * as showPatch from '../../functions/api/show-patch.ts'
import * as showPatchLineage from '../../functions/api/show-patch-lineage.ts'
import * as showPolicies from '../../functions/api/show-policies.ts'
import * as showPolicyEdit from '../../functions/api/show-policy-edit.ts'
import * as showVerdict from '../../functions/api/show-verdict.ts'
import * as simulate from '../../functions/api/simulate.ts'
import * as submitPatch from '../../functions/api/submit-patch.ts'
import * as testReceiver from '../../functions/api/test-receiver.ts'
import * as uploadPatch from '../../functions/api/upload-patch.ts'
import type { HttpEvent } from '../../functions/http/exchange.ts'
import { keptWithCommit } from '../../functions/http/kept-with-commit.ts'
import { type Handler, serveAnyone, serveHost, servePerson } from '../../functions/http/serve.ts'
import type { Log } from '../../functions/log.ts'
import { newId } from '../../functions/new-id.ts'
import { openPost } from '../../functions/notice/post.ts'
import { policyInForce } from '../../functions/policy-in-force.ts'
import type { Ports } from '../../functions/ports.ts'
import { type OperationId, operation } from '../../shared/operations/index.ts'
import { authorize, type PolicySet, type PolicyTexts } from '../../shared/policy/index.ts'
import { createKeptAnswers, guardPolicyStore, guardStore, type Store } from '../../shared/store/index.ts'
import { houseFiles } from '../policy/house-policies.ts'
import { type Opened, openStore, type Wire } from '../store/open-store.ts'

/*
 * The functions' own chain and handlers over a real store on the local DynamoDB and the house policies. What leaves the house through
 * other services (waking the workflow, objects, signatures) goes to ports that write it down.
 */

const GROUPS = {
  alice: ['kernel-maintainers', 'operators'],
  bob: ['kernel-maintainers'],
  carol: ['security'],
  dave: ['auditors'],
  erin: ['kernel-maintainers'],
  frank: ['break-glass'],
  mallory: [],
} as const
export type PersonName = keyof typeof GROUPS

export type Ask = {
  readonly as?: PersonName
  /** Speaks as this host, which the authorizer has let in. */
  readonly host?: { readonly host: string; readonly fleet: string }
  readonly bearer?: string
  readonly path?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
  readonly body?: unknown
  /** The body's text, where it is not the JSON of `body`. */
  readonly text?: string
  readonly headers?: Readonly<Record<string, string | undefined>>
}
export type Answered = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Readonly<Record<string, unknown>>
  readonly text: string
}

export type House = {
  readonly ports: Ports & { readonly log: Log }
  readonly store: Store
  /** What went to the store, and what a test lets happen to it. */
  readonly wire: Wire
  /** Epoch milliseconds; a test lets time pass by adding to it. */
  time: number
  /** In force; a test may put others in their place. */
  policies: PolicySet | null
  readonly started: string[]
  readonly woken: { readonly token: string; readonly output: unknown }[]
  readonly objects: Map<string, Uint8Array>
  /** What was put on the event bus. */
  readonly bus: Readonly<Record<string, unknown>>[]
  readonly logged: { readonly level: string; readonly message: string; readonly facts: Readonly<Record<string, unknown>> }[]
  /** Public halves by key id, as JWK `x`. */
  readonly directiveKeys: ReadonlyMap<string, string>
  readonly ask: (id: OperationId, ask?: Ask) => Promise<Answered>
  /** Behind the store's back: for what would take too long to bring about. */
  readonly client: Opened['client']
  readonly tables: Opened['tables']
}

const serveAll = ({ ports, store, client, tables }: House): Readonly<Record<OperationId, Handler>> => {
  const around = { ...ports, idempotency: () => store.idempotency }
  const oneCommit = keptWithCommit(() => createKeptAnswers({ client, tables }))
  return {
    'submit-patch': servePerson('submit-patch', submitPatch.shape, submitPatch.question, around, submitPatch.submitPatch(ports)),
    'upload-patch': servePerson('upload-patch', uploadPatch.shape, uploadPatch.question, around, uploadPatch.uploadPatch(ports)),
    'list-patches': servePerson('list-patches', listPatches.shape, listPatches.question, around, listPatches.listPatches(ports)),
    'show-patch': servePerson('show-patch', showPatch.shape, showPatch.question, around, showPatch.showPatch(ports)),
    'show-patch-lineage': servePerson(
      'show-patch-lineage',
      showPatchLineage.shape,
      showPatchLineage.question,
      around,
      showPatchLineage.showPatchLineage(ports),
    ),
    'propose-change': servePerson(
      'propose-change',
      proposeChange.shape,
      proposeChange.question,
      around,
      proposeChange.proposeChange(ports),
    ),
    'list-changes': servePerson('list-changes', listChanges.shape, listChanges.question, around, listChanges.listChanges(ports)),
    'show-change': servePerson('show-change', showChange.shape, showChange.question, around, showChange.showChange(ports)),
    'show-verdict': servePerson('show-verdict', showVerdict.shape, showVerdict.question, around, showVerdict.showVerdict(ports)),
    'approve-change': servePerson(
      'approve-change',
      approveChange.shape,
      approveChange.question(ports),
      { ...around, oneCommit },
      approveChange.approveChange(ports),
    ),
    'control-change': servePerson(
      'control-change',
      controlChange.shape,
      controlChange.question(ports),
      around,
      controlChange.controlChange(ports),
    ),
    'revise-change': servePerson(
      'revise-change',
      reviseChange.shape,
      reviseChange.question(ports),
      around,
      reviseChange.reviseChange(ports),
    ),
    'place-hold': servePerson('place-hold', placeHold.shape, placeHold.question, around, placeHold.placeHold(ports)),
    'list-holds': servePerson('list-holds', listHolds.shape, listHolds.question, around, listHolds.listHolds(ports)),
    'lift-hold': servePerson('lift-hold', liftHold.shape, liftHold.question(ports), around, liftHold.liftHold(ports)),
    'extend-hold': servePerson('extend-hold', extendHold.shape, extendHold.question(ports), around, extendHold.extendHold(ports)),
    simulate: servePerson('simulate', simulate.shape, simulate.question, around, simulate.simulate(ports)),
    'create-fleet': servePerson('create-fleet', createFleet.shape, createFleet.question, around, createFleet.createFleet(ports)),
    'list-fleets': servePerson('list-fleets', listFleets.shape, listFleets.question, around, listFleets.listFleets(ports)),
    'show-fleet': servePerson('show-fleet', showFleet.shape, showFleet.question, around, showFleet.showFleet(ports)),
    'list-hosts': servePerson('list-hosts', listHosts.shape, listHosts.question, around, listHosts.listHosts(ports)),
    'issue-enrolments': servePerson(
      'issue-enrolments',
      issueEnrolments.shape,
      issueEnrolments.question,
      around,
      issueEnrolments.issueEnrolments(ports),
    ),
    'show-host': servePerson('show-host', showHost.shape, showHost.question, around, showHost.showHost(ports)),
    'clear-transition': servePerson(
      'clear-transition',
      clearTransition.shape,
      clearTransition.question(ports),
      around,
      clearTransition.clearTransition(ports),
    ),
    'show-clearance': serveHost('show-clearance', showClearance.shape, around, showClearance.showClearance(ports)),
    'show-host-history': servePerson(
      'show-host-history',
      showHostHistory.shape,
      showHostHistory.question,
      around,
      showHostHistory.showHostHistory(ports),
    ),
    'list-history': servePerson('list-history', listHistory.shape, listHistory.question, around, listHistory.listHistory(ports)),
    'show-lineage': servePerson('show-lineage', showLineage.shape, showLineage.question, around, showLineage.showLineage(ports)),
    'create-receiver': servePerson(
      'create-receiver',
      createReceiver.shape,
      createReceiver.question,
      around,
      createReceiver.createReceiver({ ...ports, addresses: { loopback: true } }),
    ),
    'list-receivers': servePerson(
      'list-receivers',
      listReceivers.shape,
      listReceivers.question,
      around,
      listReceivers.listReceivers(ports),
    ),
    'control-receiver': servePerson(
      'control-receiver',
      controlReceiver.shape,
      controlReceiver.question,
      around,
      controlReceiver.controlReceiver(ports),
    ),
    'test-receiver': servePerson('test-receiver', testReceiver.shape, testReceiver.question, around, testReceiver.testReceiver(ports)),
    'list-deliveries': servePerson(
      'list-deliveries',
      listDeliveries.shape,
      listDeliveries.question,
      around,
      listDeliveries.listDeliveries(ports),
    ),
    'retry-delivery': servePerson(
      'retry-delivery',
      retryDelivery.shape,
      retryDelivery.question,
      around,
      retryDelivery.retryDelivery(ports),
    ),
    'show-policies': servePerson('show-policies', showPolicies.shape, showPolicies.question, around, showPolicies.showPolicies(ports)),
    'list-policy-editions': servePerson(
      'list-policy-editions',
      listPolicyEditions.shape,
      listPolicyEditions.question,
      around,
      listPolicyEditions.listPolicyEditions(ports),
    ),
    'check-policy-edit': servePerson(
      'check-policy-edit',
      checkPolicyEdit.shape,
      checkPolicyEdit.question,
      around,
      checkPolicyEdit.checkPolicyEdit(ports),
    ),
    'propose-policy-edit': servePerson(
      'propose-policy-edit',
      proposePolicyEdit.shape,
      proposePolicyEdit.question,
      around,
      proposePolicyEdit.proposePolicyEdit(ports),
    ),
    'list-policy-edits': servePerson(
      'list-policy-edits',
      listPolicyEdits.shape,
      listPolicyEdits.question,
      around,
      listPolicyEdits.listPolicyEdits(ports),
    ),
    'show-policy-edit': servePerson(
      'show-policy-edit',
      showPolicyEdit.shape,
      showPolicyEdit.question,
      around,
      showPolicyEdit.showPolicyEdit(ports),
    ),
    'decide-policy-edit': servePerson(
      'decide-policy-edit',
      decidePolicyEdit.shape,
      decidePolicyEdit.question(ports),
      around,
      decidePolicyEdit.decidePolicyEdit(ports),
    ),
    'enrol-host': serveAnyone('enrol-host', enrolHost.shape, around, enrolHost.enrolHost(ports)),
    'show-directive': serveHost('show-directive', showDirective.shape, around, showDirective.showDirective(ports)),
    'report-hosts': serveHost('report-hosts', reportHosts.shape, around, reportHosts.reportHosts(ports)),
    'show-openapi': serveAnyone('show-openapi', showOpenapi.shape, around, showOpenapi.showOpenapi()),
  }
}

/** The gateway has verified it by then, so nothing signs it. */
const tokenOf = (claims: object): string => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.`

/** An event of HTTP API's payload 2.0 as the gateway makes it, behind its authorizers. */
const eventOf = (id: OperationId, ask: Ask): HttpEvent => {
  const { path, method } = operation(id)
  const text = ask.text ?? (ask.body === undefined ? undefined : JSON.stringify(ask.body))
  const rawPath = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(ask.path?.[name] ?? ''))
  const claims = ask.as && { sub: ask.as, name: ask.as[0]?.toUpperCase() + ask.as.slice(1), groups: GROUPS[ask.as] }
  return {
    rawPath,
    headers: {
      ...(text === undefined ? {} : { 'content-type': 'application/json' }),
      ...(method === 'POST' ? { 'idempotency-key': randomUUID() } : {}),
      ...(claims ? { authorization: `Bearer ${tokenOf(claims)}` } : {}),
      ...(ask.bearer === undefined ? {} : { authorization: `Bearer ${ask.bearer}` }),
      ...ask.headers,
    },
    pathParameters: ask.path,
    queryStringParameters: ask.query,
    body: text,
    isBase64Encoded: false,
    requestContext: {
      requestId: randomUUID(),
      authorizer: {
        ...(claims ? { jwt: { claims: { ...claims, groups: `[${claims.groups.join(' ')}]` } } } : {}),
        ...(ask.host ? { lambda: ask.host } : {}),
      },
    },
  }
}

const signingKey = () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const x = String(publicKey.export({ format: 'jwk' }).x)
  return { keyId: 'key-1', sign: async (message: Uint8Array) => sign(null, message, privateKey), publicKey: async () => x, x }
}

const makeHouse = (opened: Opened, floor: PolicyTexts): House => {
  const key = signingKey()
  const objects = new Map<string, Uint8Array>()
  const policy = policyInForce(
    () => floor,
    () => opened.policies,
  )
  const set = () => house.policies ?? policy.set()
  const house: { -readonly [Name in keyof House]: House[Name] } = {
    time: Date.UTC(2026, 10, 2, 9),
    policies: null,
    started: [],
    woken: [],
    objects,
    bus: [],
    logged: [],
    directiveKeys: new Map([[key.keyId, key.x]]),
    get client() {
      return opened.client
    },
    get tables() {
      return opened.tables
    },
    get wire() {
      return opened.wire
    },
    get store() {
      return opened.store
    },
    get ports(): House['ports'] {
      return {
        ...guardStore(opened.store),
        notices: opened.notices,
        policies: guardPolicyStore(opened.policies),
        policy: { ...policy, set, authorize: request => authorize(set(), request) },
        workflow: {
          start: async change => {
            house.started.push(change)
          },
          wake: async (token, output) => {
            house.woken.push({ token, output })
          },
        },
        objects: {
          put: async (name, bytes) => {
            objects.set(name, bytes)
          },
          get: async name => objects.get(name) ?? null,
          offerPut: (name, size, digest) => ({ url: `http://127.0.0.1/${name}`, headers: { size: String(size), digest } }),
        },
        signingKey: key,
        receiverKey: { mac: async message => createHmac('sha256', 'the key of this house').update(message).digest() },
        eventBus: {
          name: 'bus',
          put: async entry => {
            house.bus.push(entry)
            return null
          },
        },
        post: openPost({ loopback: true }),
        publicUrl: 'http://127.0.0.1:8080',
        now: () => house.time,
        newId,
        log: (level, message, facts = {}) => {
          house.logged.push({ level, message, facts })
        },
      }
    },
    ask: async (id, ask = {}) => {
      handlers ??= serveAll(house)
      const { statusCode, headers, body } = await handlers[id](eventOf(id, ask), lambdaContext)
      return { status: statusCode, headers, body: body === '' ? {} : JSON.parse(body), text: body }
    },
  }
  let handlers: Readonly<Record<OperationId, Handler>> | undefined
  return house
}

const lambdaContext: Context = {
  callbackWaitsForEmptyEventLoop: false,
  functionName: 'test',
  functionVersion: '1',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:test',
  memoryLimitInMB: '512',
  awsRequestId: 'request',
  logGroupName: 'test',
  logStreamName: 'test',
  getRemainingTimeInMillis: () => 25_000,
  done: () => undefined,
  fail: () => undefined,
  succeed: () => undefined,
}

/** A house of its own for the test file that calls this, under the policies that Supersede comes with, or others. */
export const openHouse = (floor: PolicyTexts = houseFiles): House => makeHouse(openStore(), floor)
