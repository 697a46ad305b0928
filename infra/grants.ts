/** What a function may touch. Constructs turn each word into the narrowest statements and the variables that name the resource. */
export type Capability =
  | `${'ledger' | 'catalog' | 'fleet' | 'lineage' | 'notice'}:${'read' | 'write'}`
  | 'modules:read'
  | 'modules:write'
  | 'uploads:offer'
  | 'directives:write'
  | 'directive:sign'
  | 'workflow:start'
  | 'workflow:wake'
  | 'receivers:secret'
  | 'receivers:send'
  | 'outbox:follow'

const PUBLISH = ['fleet:read', 'fleet:write', 'catalog:read', 'directives:write', 'directive:sign'] as const
/** Deliveries are read and moved; secrets are made to sign with. */
const NOTIFY = ['notice:read', 'notice:write', 'receivers:secret', 'receivers:send'] as const
const JUDGE = ['ledger:read', 'ledger:write', 'catalog:read', 'fleet:read'] as const

/** The whole of least privilege in one table: function name → capabilities. A test asserts that every function has its row. */
export const GRANTS: Readonly<Record<string, readonly Capability[]>> = {
  'submit-patch': ['catalog:read', 'catalog:write', 'ledger:read', 'ledger:write', 'modules:write', 'uploads:offer'],
  'upload-patch': ['ledger:read', 'ledger:write', 'uploads:offer'],
  'list-patches': ['ledger:read', 'catalog:read'],
  'show-patch': ['ledger:read', 'catalog:read'],
  'show-patch-lineage': ['ledger:read', 'catalog:read', 'lineage:read'],
  'propose-change': ['ledger:read', 'ledger:write', 'catalog:read', 'fleet:read', 'workflow:start'],
  'list-changes': ['ledger:read', 'catalog:read'],
  'show-change': ['ledger:read', 'catalog:read', 'fleet:read'],
  'show-verdict': ['modules:read', 'ledger:read', 'catalog:read'],
  'approve-change': ['ledger:read', 'ledger:write', 'catalog:read', 'fleet:read', 'workflow:wake'],
  'revise-change': [...JUDGE, 'modules:read', 'catalog:write', 'lineage:read', 'workflow:wake'],
  'control-change': ['ledger:read', 'ledger:write', 'workflow:wake', ...PUBLISH],
  'place-hold': ['ledger:read', 'ledger:write', 'workflow:wake', ...PUBLISH],
  'list-holds': ['ledger:read', 'catalog:read', 'fleet:read'],
  'lift-hold': ['ledger:read', 'ledger:write', 'workflow:wake', ...PUBLISH],
  'extend-hold': ['ledger:read', 'ledger:write', 'fleet:read', 'fleet:write', 'directives:write', 'directive:sign'],
  simulate: ['ledger:read', 'modules:read', 'catalog:read', 'fleet:read', 'lineage:read'],
  'create-fleet': ['ledger:read', 'ledger:write', 'fleet:read', 'fleet:write'],
  'list-fleets': ['ledger:read', 'fleet:read'],
  'show-fleet': ['ledger:read', 'fleet:read'],
  'list-hosts': ['ledger:read', 'fleet:read'],
  'issue-enrolments': ['ledger:read', 'ledger:write', 'fleet:read', 'fleet:write'],
  'enrol-host': ['ledger:read', 'ledger:write', 'fleet:read', 'fleet:write', 'directive:sign'],
  'show-directive': ['fleet:read', 'fleet:write', 'directive:sign'],
  'report-hosts': ['fleet:read', 'fleet:write', 'ledger:read', 'ledger:write', 'workflow:wake'],
  'show-host': ['ledger:read', 'catalog:read', 'fleet:read'],
  'clear-transition': ['ledger:read', 'ledger:write', 'catalog:read', 'fleet:read', 'fleet:write', 'directive:sign'],
  'show-clearance': ['fleet:read'],
  'show-host-history': ['fleet:read', 'ledger:read'],
  'list-history': ['ledger:read'],
  'create-receiver': ['ledger:read', 'ledger:write', 'notice:read', 'notice:write', 'receivers:secret'],
  'list-receivers': ['ledger:read', 'notice:read'],
  'control-receiver': ['ledger:read', 'ledger:write', 'notice:read', 'notice:write', 'receivers:secret'],
  'test-receiver': ['ledger:read', 'ledger:write', ...NOTIFY],
  'list-deliveries': ['ledger:read', 'notice:read'],
  'retry-delivery': ['ledger:read', 'ledger:write', ...NOTIFY],
  'show-policies': ['ledger:read'],
  'list-policy-editions': ['ledger:read'],
  'check-policy-edit': ['ledger:read', 'catalog:read', 'fleet:read'],
  'propose-policy-edit': ['ledger:read', 'ledger:write', 'fleet:read'],
  'list-policy-edits': ['ledger:read'],
  'show-policy-edit': ['ledger:read'],
  'decide-policy-edit': ['ledger:read', 'ledger:write'],
  'show-lineage': ['ledger:read', 'lineage:read', 'catalog:read'],
  'show-openapi': [],
  'host-authorizer': ['fleet:read'],
  validate: [...JUDGE, 'modules:read', 'catalog:write', 'lineage:read'],
  'await-approvals': ['ledger:read', 'ledger:write', 'catalog:read', 'workflow:wake'],
  'expire-approvals': ['ledger:read', 'ledger:write', 'catalog:read'],
  'open-wave': [...JUDGE, ...PUBLISH, 'modules:read', 'catalog:write', 'lineage:read'],
  'await-wave': ['ledger:read', 'ledger:write', 'fleet:read', 'workflow:wake'],
  'judge-wave': [...JUDGE, ...PUBLISH],
  halt: ['ledger:read', 'ledger:write', ...PUBLISH],
  'await-decision': ['ledger:read', 'ledger:write', 'workflow:wake'],
  'record-lineage': [...JUDGE, 'lineage:read', 'lineage:write'],
  'deliver-notices': ['ledger:read', 'ledger:write', 'catalog:read', 'outbox:follow', ...NOTIFY],
  sweep: ['ledger:read', 'ledger:write', ...PUBLISH, 'workflow:start', 'workflow:wake'],
}
