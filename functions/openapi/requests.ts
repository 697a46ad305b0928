import type { z } from 'zod'
import type { OperationId } from '../../shared/operations/index.ts'
import { shape as approveChange } from '../api/approve-change.ts'
import { shape as checkPolicyEdit } from '../api/check-policy-edit.ts'
import { shape as clearTransition } from '../api/clear-transition.ts'
import { shape as controlChange } from '../api/control-change.ts'
import { shape as controlReceiver } from '../api/control-receiver.ts'
import { shape as createFleet } from '../api/create-fleet.ts'
import { shape as createReceiver } from '../api/create-receiver.ts'
import { shape as decidePolicyEdit } from '../api/decide-policy-edit.ts'
import { shape as enrolHost } from '../api/enrol-host.ts'
import { shape as extendHold } from '../api/extend-hold.ts'
import { shape as issueEnrolments } from '../api/issue-enrolments.ts'
import { shape as liftHold } from '../api/lift-hold.ts'
import { shape as listChanges } from '../api/list-changes.ts'
import { shape as listDeliveries } from '../api/list-deliveries.ts'
import { shape as listFleets } from '../api/list-fleets.ts'
import { shape as listHistory } from '../api/list-history.ts'
import { shape as listHolds } from '../api/list-holds.ts'
import { shape as listHosts } from '../api/list-hosts.ts'
import { shape as listPatches } from '../api/list-patches.ts'
import { shape as listPolicyEditions } from '../api/list-policy-editions.ts'
import { shape as listPolicyEdits } from '../api/list-policy-edits.ts'
import { shape as listReceivers } from '../api/list-receivers.ts'
import { shape as placeHold } from '../api/place-hold.ts'
import { shape as proposeChange } from '../api/propose-change.ts'
import { shape as proposePolicyEdit } from '../api/propose-policy-edit.ts'
import { shape as reportHosts } from '../api/report-hosts.ts'
import { shape as retryDelivery } from '../api/retry-delivery.ts'
import { shape as reviseChange } from '../api/revise-change.ts'
import { shape as showChange } from '../api/show-change.ts'
import { shape as showClearance } from '../api/show-clearance.ts'
import { shape as showDirective } from '../api/show-directive.ts'
import { shape as showFleet } from '../api/show-fleet.ts'
import { shape as showHost } from '../api/show-host.ts'
import { shape as showHostHistory } from '../api/show-host-history.ts'
import { shape as showLineage } from '../api/show-lineage.ts'
import { shape as showPatch } from '../api/show-patch.ts'
import { shape as showPatchLineage } from '../api/show-patch-lineage.ts'
import { shape as showPolicies } from '../api/show-policies.ts'
import { shape as showPolicyEdit } from '../api/show-policy-edit.ts'
import { shape as showVerdict } from '../api/show-verdict.ts'
import { shape as simulate } from '../api/simulate.ts'
import { shape as submitPatch } from '../api/submit-patch.ts'
import { shape as testReceiver } from '../api/test-receiver.ts'
import { shape as uploadPatch } from '../api/upload-patch.ts'
import { noBody, nothing } from '../http/request-shape.ts'

type Shape = { readonly path: z.ZodType; readonly query: z.ZodType; readonly body: z.ZodType }

/** The very shapes that the operations validate with. */
export const REQUESTS: Readonly<Record<OperationId, Shape>> = {
  'submit-patch': submitPatch,
  'upload-patch': uploadPatch,
  'list-patches': listPatches,
  'show-patch': showPatch,
  'show-patch-lineage': showPatchLineage,
  'propose-change': proposeChange,
  'list-changes': listChanges,
  'show-change': showChange,
  'show-verdict': showVerdict,
  'approve-change': approveChange,
  'control-change': controlChange,
  'revise-change': reviseChange,
  'place-hold': placeHold,
  'list-holds': listHolds,
  'lift-hold': liftHold,
  'extend-hold': extendHold,
  simulate: simulate,
  'create-fleet': createFleet,
  'list-fleets': listFleets,
  'show-fleet': showFleet,
  'list-hosts': listHosts,
  'issue-enrolments': issueEnrolments,
  'show-host': showHost,
  'clear-transition': clearTransition,
  'show-clearance': showClearance,
  'show-host-history': showHostHistory,
  'list-history': listHistory,
  'show-lineage': showLineage,
  'show-policies': showPolicies,
  'list-policy-editions': listPolicyEditions,
  'check-policy-edit': checkPolicyEdit,
  'propose-policy-edit': proposePolicyEdit,
  'list-policy-edits': listPolicyEdits,
  'show-policy-edit': showPolicyEdit,
  'decide-policy-edit': decidePolicyEdit,
  'enrol-host': enrolHost,
  'show-directive': showDirective,
  'report-hosts': reportHosts,
  'create-receiver': createReceiver,
  'list-receivers': listReceivers,
  'control-receiver': controlReceiver,
  'test-receiver': testReceiver,
  'list-deliveries': listDeliveries,
  'retry-delivery': retryDelivery,
  // Serves the document that is made here, so it cannot be asked while that is made.
  'show-openapi': { path: nothing, query: nothing, body: noBody },
}
