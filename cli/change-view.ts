import { holdLines } from './hold-view.ts'
import { plural, when } from './terminal/format.ts'
import { numberOf, objectOf, objectsOf, textOf, textsOf } from './terminal/read-json.ts'

export type CountsView = {
  readonly hosts: number
  readonly applied: number
  readonly failed: number
  readonly stalled: number
  readonly silent: number
  readonly pending: number
}

export type WaveView = {
  /** Index; people are shown it plus one. */
  readonly wave: number
  readonly share: number
  readonly state: string
  readonly counts: CountsView | null
}

export type ApprovalView = {
  readonly by: string
  readonly groups: readonly string[]
  readonly at: string
  readonly comment: string
  readonly signOff: readonly string[]
  /** Names of those who delegated. */
  readonly onBehalf: readonly string[]
}
export type FindingView = {
  readonly code: string
  readonly severity: string
  readonly message: string
  readonly remedy: string
  /** Why it blocks here though it would only be reviewed or noted; empty where it does not. */
  readonly raisedBecause: string
}

/** A change as the server shows it (GET /changes/{change}). */
export type ChangeView = {
  readonly id: string
  readonly fleet: string
  readonly livepatch: string
  readonly status: string
  readonly version: number
  readonly proposer: string
  /** Who submitted the livepatch; empty where that was the proposer, or nobody knows. */
  readonly builder: string
  readonly proposedAt: string
  readonly reason: string
  readonly route: string
  readonly digest: string
  /** Digest of what an approver is shown. */
  readonly view: string
  readonly outcome: string
  readonly approvals: readonly ApprovalView[]
  /** Approvals that count no more, each with why. */
  readonly voidApprovals: readonly string[]
  /** Requests for changes that stand. */
  readonly changesRequested: readonly { readonly by: string; readonly at: string; readonly reason: string }[]
  /** An emergency that the proposal names, and how it stands; empty without one. */
  readonly emergency: string
  /** Delegations that were not taken back. */
  readonly delegations: readonly { readonly from: string; readonly to: string; readonly until: string }[]
  /** Groups that are asked. */
  readonly reviewers: readonly {
    readonly group: string
    readonly needed: number
    readonly approved: readonly string[]
    readonly waiting: boolean
  }[]
  /** What is missing for its release, in words. */
  readonly needs: readonly string[]
  /** Until when people may decide; empty where nothing is to be decided. */
  readonly decideBefore: string
  /** The holds on it, a line each. */
  readonly holds: readonly string[]
  readonly waves: readonly WaveView[]
  /** Hosts that run without what they disabled for it. */
  readonly between: number
  /** What a newer verdict said of stacks that appeared since the release; empty where none did. */
  readonly rejudged: string
  readonly halted: { readonly code: string; readonly detail: string } | null
  readonly findings: readonly FindingView[]
  readonly timeline: readonly { readonly at: string; readonly actor: string; readonly text: string }[]
}

/** Some answers name a person by id, some whole. */
export const personName = (value: unknown): string => {
  const person = objectOf(value)
  return textOf(value) || textOf(person['name']) || textOf(person['id'])
}

const countsOf = (value: unknown): CountsView | null => {
  if (typeof value !== 'object' || value === null) return null
  const counts = objectOf(value)
  return {
    hosts: numberOf(counts['hosts']),
    applied: numberOf(counts['applied']),
    failed: numberOf(counts['failed']),
    stalled: numberOf(counts['stalled']),
    silent: numberOf(counts['silent']),
    pending: numberOf(counts['pending']),
  }
}

/** The present wave has live counts beside it, which are newer than the recorded ones. */
const wavesOf = (body: ReturnType<typeof objectOf>): readonly WaveView[] => {
  const present = objectOf(body['wave'])
  return objectsOf(body['waves']).map((wave, place) => {
    const index = typeof wave['wave'] === 'number' ? wave['wave'] : place
    const live = present['index'] === index ? countsOf(present['counts']) : null
    return { wave: index, share: numberOf(wave['share']), state: textOf(wave['state']), counts: live ?? countsOf(wave['counts']) }
  })
}

const rejudgedOf = (value: unknown): string => {
  if (typeof value !== 'object' || value === null) return ''
  const { hosts, worse, at } = objectOf(value)
  const found = textsOf(worse)
  const said = found.length === 0 ? 'no worse than what was approved' : `worse than what was approved:\n${found.join('\n')}`
  return `${when(textOf(at))}, ${plural(numberOf(hosts), 'host')} on stacks that nothing had judged: ${said}`
}

const haltedOf = (value: unknown): ChangeView['halted'] =>
  typeof value === 'object' && value !== null ? { code: textOf(objectOf(value)['code']), detail: textOf(objectOf(value)['detail']) } : null

export const findingOf = (finding: ReturnType<typeof objectOf>): FindingView => ({
  code: textOf(finding['code']),
  severity: textOf(finding['severity']),
  message: textOf(finding['message']),
  remedy: textOf(finding['remedy']),
  raisedBecause: textOf(objectOf(finding['evidence'])['raisedBecause']),
})

const emergencyOf = (body: ReturnType<typeof objectOf>): string => {
  const named = objectOf(body['breakGlass'])
  if (textOf(named['incident']) === '') return ''
  const confirmed = textOf(objectOf(body['confirmation'])['name'])
  const after = textOf(body['afterReview'])
  const state = [confirmed === '' ? 'not confirmed' : `confirmed by ${confirmed}`, ...(after === '' ? [] : [`review ${after}`])]
  const [passes, accepts] = [textsOf(named['passes']), textsOf(named['accepts'])]
  const does = [
    ...(passes.length === 0 ? [] : [`to pass ${passes.join(', ')}`]),
    ...(accepts.length === 0 ? [] : [`to accept ${accepts.join(', ')}`]),
  ]
  return `${textOf(named['incident'])}, ${does.join(' and ')}: ${textOf(named['reason'])} (${state.join(', ')})`
}

export const changeView = (value: unknown): ChangeView => {
  const body = objectOf(value)
  return {
    id: textOf(body['id']),
    fleet: textOf(body['fleet']),
    livepatch: textOf(body['livepatch']),
    status: textOf(body['status']),
    version: numberOf(body['version']),
    proposer: textOf(body['proposerName']) || personName(body['proposer']),
    builder: textOf(body['builder']),
    proposedAt: textOf(body['proposedAt']),
    reason: textOf(body['reason']),
    route: textOf(objectOf(body['plan'])['route']),
    digest: textOf(body['digest']),
    view: textOf(body['view']),
    outcome: textOf(body['outcome']),
    approvals: objectsOf(body['approvals']).map(approval => ({
      by: textOf(approval['name']) || personName(approval['by']),
      groups: textsOf(approval['groups'] ?? objectOf(approval['by'])['groups']),
      at: textOf(approval['at']),
      comment: textOf(approval['comment']),
      signOff: textsOf(approval['signOff']),
      onBehalf: objectsOf(approval['onBehalf']).map(person => textOf(person['name'])),
    })),
    voidApprovals: objectsOf(body['voidApprovals']).map(approval => textOf(approval['text'])),
    emergency: emergencyOf(body),
    delegations: objectsOf(body['delegations']).flatMap(given =>
      given['endedAt'] === null ? [{ from: textOf(given['fromName']), to: textOf(given['to']), until: textOf(given['until']) }] : [],
    ),
    reviewers: objectsOf(body['reviewers']).map(asked => ({
      group: textOf(asked['group']),
      needed: numberOf(asked['needed']),
      approved: textsOf(asked['approved']),
      waiting: asked['waiting'] === true,
    })),
    changesRequested: objectsOf(body['changesRequested']).map(request => ({
      by: textOf(request['name']),
      at: textOf(request['at']),
      reason: textOf(request['reason']),
    })),
    needs: textsOf(body['needs']),
    decideBefore: textOf(body['decideBefore']),
    holds: holdLines(body),
    waves: wavesOf(body),
    between: numberOf(body['between']),
    rejudged: rejudgedOf(body['rejudged']),
    halted: haltedOf(body['halted']),
    findings: objectsOf(body['findings']).map(findingOf),
    timeline: objectsOf(body['timeline']).map(entry => ({
      at: textOf(entry['at']),
      actor: personName(entry['actor']),
      text: textOf(entry['text']) || textOf(entry['type']),
    })),
  }
}

const ENDS = ['completed', 'blocked', 'declined', 'aborted']
export const hasEnded = ({ status }: Pick<ChangeView, 'status'>): boolean => ENDS.includes(status)
/** Somebody has to say something before it goes on. */
export const awaitsDecision = ({ status }: Pick<ChangeView, 'status'>): boolean => status === 'in-review' || status === 'halted'
