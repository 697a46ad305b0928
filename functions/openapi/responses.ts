import * as z from 'zod'
import { BreakGlass, Person, WaveCounts } from '../../shared/change/index.ts'
import { EDIT_STATUSES } from '../../shared/edition/index.ts'
import { Between, HostState, Report, TransitionEvidence } from '../../shared/fleet/index.ts'
import { Stack } from '../../shared/kernel/index.ts'
import { Manifest } from '../../shared/livepatch/index.ts'
import type { OperationId } from '../../shared/operations/index.ts'
import { HOLD_SCOPES } from '../../shared/policy/index.ts'
import { Clearance, Plan, SignedClearance, SignedDirective } from '../../shared/rollout/index.ts'
import { Finding, Verdict } from '../../shared/verdict/index.ts'
import { DeliveryDocument, ReceiverDocument } from '../api/receiver-document.ts'
import { Recomputation } from '../recomputation.ts'

const instant = z.iso.datetime()
const page = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), next: z.string().optional() })

const Approval = z.object({
  by: z.string(),
  name: z.string(),
  groups: z.array(z.string()),
  at: instant,
  comment: z.string(),
  signOff: z.array(z.string()),
  seen: z.string().nullable(),
  onBehalf: z.array(z.object({ id: z.string(), name: z.string() })),
})
const VoidApproval = z.object({
  by: z.string(),
  name: z.string(),
  digest: z.string(),
  at: instant,
  why: z.enum(['withdrawn', 'changes-requested', 'delegator', 'replaced', 'expired', 'moved']),
  differs: z.array(z.enum(['livepatch', 'verdict', 'plan', 'policy'])),
  text: z.string(),
})
const RequestForChanges = z.object({ by: z.string(), name: z.string(), digest: z.string(), reason: z.string(), at: instant })
const Delegation = z.object({
  from: z.string(),
  fromName: z.string(),
  to: z.string(),
  at: instant,
  until: instant,
  endedAt: instant.nullable(),
})
const Emergency = {
  breakGlass: BreakGlass.nullable(),
  confirmation: z.object({ by: z.string(), name: z.string(), at: instant }).nullable(),
  afterReview: z.enum(['open', 'closed']).nullable(),
  afterReviewClosed: z.object({ by: z.string(), name: z.string(), at: instant, text: z.string() }).nullable(),
}
const Reviewers = z.object({
  group: z.string(),
  needed: z.int(),
  approved: z.array(z.string()),
  waiting: z.boolean(),
  policy: z.string(),
})
const Wave = z.object({
  wave: z.int(),
  share: z.int(),
  state: z.enum(['waiting', 'open', 'soaking', 'passed', 'halted']),
  counts: WaveCounts.nullable(),
})
const FreezeBrief = z.object({
  name: z.string(),
  owner: z.string().nullable(),
  reason: z.string(),
  until: z.string(),
  timeZone: z.string(),
  fleets: z.array(z.string()).nullable(),
  text: z.string(),
})
const HoldBrief = z.object({
  id: z.string(),
  scope: z.enum(HOLD_SCOPES),
  target: z.string().nullable(),
  owner: z.object({ id: z.string(), name: z.string() }),
  reason: z.string(),
  expiresAt: instant,
  text: z.string(),
})
const Summary = z.object({
  id: z.string(),
  fleet: z.string(),
  livepatch: z.string(),
  status: z.string(),
  version: z.int(),
  digest: z.string().nullable(),
  view: z.string().nullable(),
  outcome: z.enum(['block', 'review', 'note', 'clear']).nullable(),
  downgrade: z.boolean(),
  wave: z.object({ index: z.int(), share: z.int(), phase: z.string(), counts: WaveCounts.nullable() }).nullable(),
  waves: z.array(Wave),
  rejudged: z
    .object({ verdict: z.string(), cohorts: z.array(z.string()), hosts: z.int(), worse: z.array(z.string()), at: instant })
    .nullable(),
  halted: z.object({ code: z.string(), detail: z.string() }).nullable(),
  decideBefore: instant.nullable(),
  ending: z.string().nullable(),
  needs: z.array(z.string()),
  heldBackBy: z.array(z.string()),
  holds: z.array(HoldBrief),
})
const ChangeBrief = Summary.extend({
  approvals: z.array(
    z.object({
      by: Person,
      digest: z.string(),
      comment: z.string(),
      signOff: z.array(z.string()),
      seen: z.string().nullable(),
      at: instant,
    }),
  ),
  voidApprovals: z.array(VoidApproval),
  changesRequested: z.array(RequestForChanges),
  delegations: z.array(Delegation),
  ...Emergency,
})
const Change = Summary.extend({
  proposer: z.string(),
  proposerName: z.string(),
  /** Id of who submitted the livepatch, where that was somebody else. */
  builder: z.string().optional(),
  proposedAt: instant,
  reason: z.string(),
  plan: Plan,
  verdict: z.string().nullable(),
  /** Hosts that have disabled what they ran (the route disable-then-load) and do not run the livepatch yet. */
  between: z.int(),
  approvals: z.array(Approval),
  voidApprovals: z.array(VoidApproval),
  changesRequested: z.array(RequestForChanges),
  delegations: z.array(Delegation),
  ...Emergency,
  reviewers: z.array(Reviewers),
  signable: z.array(z.string()),
  findings: z.array(Finding).optional(),
  timeline: z.array(z.object({ at: instant, actor: z.string(), type: z.string(), text: z.string() })),
})
const ChangeHead = z.object({
  id: z.string(),
  fleet: z.string(),
  livepatch: z.string(),
  status: z.string(),
  version: z.int(),
  proposer: z.string(),
  proposedAt: instant,
  updatedAt: instant,
  afterReview: z.enum(['open', 'closed']).nullable(),
})
const Hold = HoldBrief.extend({
  placedAt: instant,
  state: z.enum(['in-force', 'lifted', 'ended']),
  lifted: z.object({ by: z.object({ id: z.string(), name: z.string() }), at: instant, reason: z.string() }).nullable(),
})
const Commit = z.object({
  stream: z.string(),
  sequence: z.int(),
  id: z.string(),
  at: instant,
  actor: z.string(),
  events: z.array(z.looseObject({ type: z.string() })),
  policies: z.array(z.string()),
  previousHash: z.string().nullable(),
  hash: z.string(),
})
const Fleet = z.object({
  id: z.string(),
  description: z.string(),
  pollSeconds: z.number(),
  trust: z.array(z.string()),
  createdAt: instant,
  hosts: z.int(),
})
const Host = z.object({
  id: z.string(),
  fleet: z.string(),
  bucket: z.int(),
  state: HostState,
  cohort: z.string().nullable(),
  kernelRelease: z.string().nullable(),
  livepatches: Stack.shape.livepatches,
  change: z.string().nullable(),
  refusal: Report.shape.refusal,
  transition: TransitionEvidence.nullable(),
  /** Digest of the transition's evidence, which a clearance refers to. */
  evidence: z.string().nullable(),
  clearance: z.string().nullable(),
  /** When it ran without what it disabled for its change (the route disable-then-load); null: it has disabled nothing. */
  between: Between.nullable(),
  /** Whether a transition was forced there, so that no change reaches it before it reboots. */
  toReboot: z.boolean(),
  bootId: z.string().nullable(),
  sequence: z.int(),
  enrolledAt: instant,
  lastSeenAt: instant.nullable(),
})
const HostFact = z.object({
  sequence: z.int(),
  trueAt: instant,
  learnedAt: instant,
  state: HostState,
  cohort: z.string(),
  transition: TransitionEvidence.nullable(),
  between: Between.nullable(),
  livepatches: z.array(z.object({ name: z.string(), digest: z.string().nullable() })),
  change: z
    .object({
      id: z.string(),
      livepatch: z.string(),
      proposer: z.object({ id: z.string(), name: z.string() }),
      approvedBy: z.array(z.object({ id: z.string(), name: z.string(), at: instant })),
    })
    .nullable(),
})
const LivepatchName = z.object({ digest: z.string(), name: z.string(), series: z.string(), version: z.string() })
const Edge = z.object({
  previous: z.string().nullable(),
  next: z.string(),
  fleet: z.string(),
  change: z.string(),
  /** Left out: `previous` was replaced; else it was disabled first. */
  route: z.literal('disable-then-load').optional(),
  at: instant,
  hosts: z.int(),
  kept: z.array(z.string()),
  repatched: z.array(z.string()),
  added: z.array(z.string()),
  reverted: z.array(z.string()),
  leftOpen: z.array(z.string()).optional(),
})

/** A receiver with its secret, which is told once. */
const ToldOnce = ReceiverDocument.extend({ secret: z.string().nullable(), note: z.string().optional() })
const PolicyBase = z.object({ edition: z.int(), version: z.string() })
const EditHead = z.object({
  id: z.string(),
  status: z.enum(EDIT_STATUSES),
  fleet: z.string().nullable(),
  proposer: z.string(),
  proposedAt: instant,
  updatedAt: instant,
  reason: z.string(),
  paths: z.array(z.string()),
  edition: z.int().nullable(),
})
const EditBrief = z.object({
  id: z.string(),
  status: z.enum(EDIT_STATUSES),
  version: z.int(),
  digest: z.string(),
  fleet: z.string().nullable(),
  base: PolicyBase,
  reason: z.string(),
  proposer: z.string(),
  proposerName: z.string(),
  proposedAt: instant,
  decideBefore: instant.nullable(),
  needs: z.array(z.string()),
  approvals: z.array(Approval.omit({ signOff: true })),
  edition: z.int().nullable(),
  ending: z.string().nullable(),
  endedAt: instant.nullable(),
  paths: z.array(z.string()),
})
const EditedFile = z.object({
  path: z.string(),
  change: z.enum(['added', 'changed', 'removed']),
  text: z.string().nullable(),
  diff: z.string(),
})
const PolicyCheck = z.object({
  sound: z.boolean(),
  faults: z.array(z.object({ path: z.string(), message: z.string() })),
  files: z.array(EditedFile),
  /** How many past changes were replayed; `otherwise` names those that would have been decided otherwise. */
  replayed: z.int(),
  otherwise: z.array(
    z.object({
      change: z.string(),
      fleet: z.string(),
      status: z.string(),
      proposedAt: instant,
      before: z.array(z.string()),
      after: z.array(z.string()),
      policies: z.array(z.string()),
    }),
  ),
})
const PolicyEdit = EditBrief.extend({
  files: z.array(EditedFile),
  timeline: z.array(z.object({ at: instant, actor: z.string(), type: z.string(), text: z.string() })),
})
const Rule = z.object({
  id: z.string(),
  file: z.string(),
  fleet: z.string().nullable(),
  effect: z.enum(['permit', 'forbid']),
  reason: z.string(),
  text: z.string(),
})
const Policies = z.object({
  version: z.string(),
  edition: z.int(),
  faults: z.array(z.object({ path: z.string(), message: z.string() })),
  files: z.array(z.object({ path: z.string(), from: z.enum(['deployed', 'edition']), text: z.string() })),
  schema: z.string(),
  fleet: z.string().nullable(),
  deployments: z.array(z.object({ at: instant, from: z.string().nullable(), to: z.string(), changed: z.array(z.string()) })),
  words: z.looseObject({
    kinds: z.array(z.looseObject({ kind: z.string(), needs: z.array(z.string()), policies: z.array(z.string()) })),
    settings: z.object({
      tier: z.string(),
      windows: z.array(z.string()),
      freezes: z.array(z.string()),
      stricter: z.array(z.string()),
      owners: z.array(z.string()),
      approvals: z.string(),
    }),
    own: z.array(Rule),
    may: z.array(Rule),
    others: z.array(Rule),
  }),
})
const EditionHead = z.object({
  number: z.int(),
  digest: z.string(),
  version: z.string(),
  edit: z.string(),
  at: instant,
  by: z.string(),
  paths: z.array(z.string()),
})

/** Status and body of what each operation answers when it did what it was asked to. */
export const RESPONSES: Readonly<Record<OperationId, { readonly status: 200 | 201; readonly body: z.ZodType }>> = {
  'submit-patch': { status: 201, body: Manifest },
  'upload-patch': {
    status: 201,
    body: z.object({
      upload: z.string(),
      method: z.literal('PUT'),
      url: z.url(),
      headers: z.record(z.string(), z.string()),
      expiresAt: instant,
    }),
  },
  'list-patches': { status: 200, body: page(z.object({ ...Manifest.shape, holds: z.array(HoldBrief) })) },
  'show-patch': { status: 200, body: z.object({ ...Manifest.shape, holds: z.array(HoldBrief) }) },
  'show-patch-lineage': {
    status: 200,
    body: z.object({ livepatch: LivepatchName, replaced: z.array(Edge), replacedBy: z.array(Edge) }),
  },
  'propose-change': { status: 201, body: ChangeBrief },
  'list-changes': { status: 200, body: page(ChangeHead.extend({ holds: z.array(HoldBrief) })) },
  'show-change': { status: 200, body: Change },
  'show-verdict': {
    status: 200,
    body: z.object({
      change: z.string(),
      digest: z.string(),
      view: z.string().nullable(),
      verdict: Verdict,
      recomputed: Recomputation.optional(),
    }),
  },
  'approve-change': { status: 201, body: ChangeBrief },
  'revise-change': { status: 201, body: ChangeBrief },
  'control-change': { status: 200, body: ChangeBrief },
  'place-hold': { status: 201, body: Hold.extend({ halted: z.array(z.string()), inTransition: z.int() }) },
  'list-holds': {
    status: 200,
    body: page(Hold.extend({ inTransition: z.int().optional() })).extend({
      freezes: z.array(FreezeBrief).optional(),
      mayStop: z.boolean().optional(),
    }),
  },
  'lift-hold': { status: 200, body: Hold },
  'extend-hold': { status: 200, body: Hold },
  simulate: { status: 200, body: Verdict },
  'create-fleet': { status: 201, body: Fleet },
  'list-fleets': { status: 200, body: page(Fleet.extend({ holds: z.array(HoldBrief) })) },
  'show-fleet': {
    status: 200,
    body: Fleet.extend({
      holds: z.array(HoldBrief),
      freezes: z.array(FreezeBrief),
      toReboot: z.int(),
      cohorts: z.array(z.object({ cohort: z.string(), hosts: z.int(), stack: Stack })),
      directive: z
        .object({
          version: z.int(),
          issuedAt: instant,
          expiresAt: instant,
          ask: z.object({ change: z.string(), livepatch: z.string(), share: z.int() }).nullable(),
          stopped: z.boolean(),
        })
        .nullable(),
    }),
  },
  'list-hosts': { status: 200, body: page(Host) },
  'issue-enrolments': { status: 201, body: z.object({ tokens: z.array(z.string()), expiresAt: instant, note: z.string().optional() }) },
  'enrol-host': {
    status: 201,
    body: z.object({
      host: z.string(),
      fleet: z.string(),
      bucket: z.int(),
      directiveKey: z.object({ keyId: z.string(), publicKey: z.string() }),
      pollSeconds: z.number(),
    }),
  },
  'show-directive': { status: 200, body: SignedDirective },
  'report-hosts': {
    status: 200,
    body: z.object({
      accepted: z.int(),
      ignored: z.int(),
      rejected: z.array(z.object({ index: z.int(), code: z.string(), detail: z.string() })),
    }),
  },
  'show-host': { status: 200, body: Host.extend({ cleared: Clearance.nullable(), holds: z.array(HoldBrief) }) },
  'clear-transition': { status: 201, body: SignedClearance },
  'show-clearance': { status: 200, body: SignedClearance },
  'show-host-history': { status: 200, body: page(HostFact).extend({ host: Host }) },
  'list-history': { status: 200, body: page(Commit) },
  'show-policies': { status: 200, body: Policies },
  'list-policy-editions': { status: 200, body: page(EditionHead) },
  'check-policy-edit': { status: 200, body: PolicyCheck },
  'propose-policy-edit': { status: 201, body: EditBrief },
  'list-policy-edits': { status: 200, body: page(EditHead) },
  'show-policy-edit': { status: 200, body: PolicyEdit },
  'decide-policy-edit': { status: 201, body: EditBrief },
  'show-lineage': {
    status: 200,
    body: z.object({
      root: z.string(),
      livepatches: z.array(
        z.object({ digest: z.string(), name: z.string().nullable(), series: z.string().nullable(), version: z.string().nullable() }),
      ),
      edges: z.array(Edge),
      more: z.boolean(),
    }),
  },
  'create-receiver': { status: 201, body: ToldOnce },
  'list-receivers': { status: 200, body: z.object({ items: z.array(ReceiverDocument) }) },
  'control-receiver': { status: 200, body: ToldOnce.partial({ secret: true }) },
  'test-receiver': { status: 200, body: DeliveryDocument },
  'list-deliveries': { status: 200, body: page(DeliveryDocument) },
  'retry-delivery': { status: 200, body: DeliveryDocument },
  'show-openapi': { status: 200, body: z.looseObject({ openapi: z.string() }) },
}
