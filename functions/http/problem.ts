/**
 * Problem documents (RFC 9457). The table is the whole of what can go wrong on purpose: docs/api.md and the OpenAPI document list it, and a
 * code that is not in it cannot be answered.
 */
export const PROBLEMS = {
  'malformed-json': [400, 'The body is no JSON that can be accepted'],
  'missing-idempotency-key': [400, 'An Idempotency-Key is needed'],
  'bad-cursor': [400, 'The cursor is not one of ours'],
  unauthenticated: [401, 'Nobody is signed in'],
  'bad-enrolment-token': [401, 'The enrolment token is not valid'],
  forbidden: [403, 'Policy does not permit this'],
  'four-eyes': [403, 'Nobody decides about their own proposal'],
  'wrong-fleet': [403, 'The host belongs to another fleet'],
  'unknown-change': [404, 'There is no such change'],
  'unknown-fleet': [404, 'There is no such fleet'],
  'unknown-hold': [404, 'There is no such hold'],
  'unknown-host': [404, 'There is no such host'],
  'unknown-policy-edit': [404, 'There is no such edit of the policies'],
  'unknown-livepatch': [404, 'There is no such livepatch'],
  'unknown-receiver': [404, 'There is no such receiver'],
  'unknown-delivery': [404, 'There is no such delivery'],
  'no-clearance': [404, 'There is no clearance'],
  'unknown-series': [404, 'There is no such series'],
  'no-verdict-yet': [404, 'The change has no verdict yet'],
  conflict: [409, 'Others were faster'],
  'fleet-busy': [409, 'The fleet has an active change'],
  'fleet-exists': [409, 'The fleet exists'],
  'hold-ended': [409, 'The hold has ended'],
  'host-exists': [409, 'The host exists'],
  'livepatch-name-taken': [409, 'The name stands for another livepatch'],
  'not-allowed-now': [409, 'The state of the change does not allow this'],
  'not-stalled': [409, 'The host has no transition to be cleared'],
  'outdated-evidence': [409, 'The evidence is outdated'],
  'outdated-digest': [409, 'The change digest is outdated'],
  'too-many-receivers': [409, 'There are as many receivers as there may be'],
  'delivery-under-way': [409, 'The delivery is being attempted'],
  'outdated-view': [409, 'What was looked at is outdated'],
  'request-in-progress': [409, 'The same request is being worked on'],
  'policy-edit-outdated': [409, 'Other policies are in force by now'],
  'too-many-holds': [409, 'There are too many holds'],
  'outdated-version': [412, 'The change has moved on'],
  'body-too-large': [413, 'The body is too large'],
  'module-too-large': [413, 'The module is too large to be sent inline'],
  'not-json': [415, 'The body must be JSON'],
  'idempotency-key-reused': [422, 'The Idempotency-Key was used for another request'],
  'invalid-input': [422, 'The request does not have the right shape'],
  'not-a-livepatch': [422, 'The file is no livepatch that can be accepted'],
  'upload-missing': [422, 'There is no such upload'],
  'bad-proof': [422, 'The proof of possession does not hold'],
  'receiver-refused': [422, 'The receiver cannot be accepted'],
  'policy-edit-refused': [422, 'The policies would not be sound'],
  'plan-refused': [422, 'The plan cannot be accepted'],
  'missing-if-match': [428, 'An If-Match is needed'],
  internal: [500, 'Something went wrong on our side'],
} as const satisfies Readonly<Record<string, readonly [number, string]>>
export type ProblemCode = keyof typeof PROBLEMS

/** An expected refusal. `detail` says what to do; `more` are extension members with the evidence. */
export type Problem = {
  readonly problem: ProblemCode
  readonly detail: string
  readonly more: Readonly<Record<string, unknown>>
}

export const problem = (code: ProblemCode, detail: string, more: Readonly<Record<string, unknown>> = {}): Problem => ({
  problem: code,
  detail,
  more,
})

/** Carries a problem out of a middleware, where there is no return value to carry it. */
export class Refusal extends Error {
  readonly refused: Problem
  constructor(refused: Problem) {
    super(refused.detail)
    this.refused = refused
  }
}

/** Status and document of a problem; `instance` names the request, so that a person can quote it. */
export const problemDocument = ({ problem: code, detail, more }: Problem, instance: string) => {
  const [status, title] = PROBLEMS[code]
  return { status, document: { ...more, type: `https://supersede.dev/problems/${code}`, title, status, code, detail, instance } }
}
