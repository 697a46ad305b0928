import * as z from 'zod'
import {
  approve,
  type Change,
  ChangeEvent,
  closeReview,
  comment,
  confirmEmergency,
  currentApprovals,
  type Outcome as Decided,
  delegate,
  delegatorsOf,
  isTerminal,
  type Person,
  reject,
  requestChanges,
  revokeDelegation,
  withdraw,
} from '../../shared/change/index.ts'
import { approvalsSince, changeResource, type DecisionOnChange, type Hold, type Request, signableOf } from '../../shared/policy/index.ts'
import type { Loaded } from '../../shared/store/index.ts'
import { appendChange, type Intent } from '../append-change.ts'
import { aboutChange, principalOf, type Question, unknownChange } from '../http/admission.ts'
import { created, etagOf, type Outcome } from '../http/answer.ts'
import { IN_PROGRESS } from '../http/idempotency.ts'
import { isPersonId } from '../http/identity.ts'
import { type Problem, problem } from '../http/problem.ts'
import { type InputOf, nothing } from '../http/request-shape.ts'
import type { PersonCall } from '../http/serve.ts'
import { noEarlier } from '../no-earlier.ts'
import type { Ports } from '../ports.ts'
import { releaseOf } from '../released-with.ts'
import { wakeIfDue } from '../wake.ts'
import { changeBrief, commitsOfChange, heldOf, needsOf, sinceOf } from './change-document.ts'
import { allowedNow, refusedProblem } from './not-allowed-now.ts'
import { changePath } from './path-schemas.ts'

const text = z.string().max(2_000)
const digest = z.string().regex(/^[0-9a-f]{64}$/, 'send the change digest that you saw')
/** Digest of what was shown, the `view` of a change; who leaves it out does not say what they saw. */
const seen = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'send the view that you looked at')
  .optional()
const code = z.string().regex(/^[a-z][a-z-]{0,63}$/, 'name the code of a finding')

export const shape = {
  path: changePath,
  query: nothing,
  body: z.discriminatedUnion('decision', [
    z.strictObject({
      decision: z.literal('approve'),
      digest,
      seen,
      comment: text.default(''),
      signOff: z.array(code).max(32).default([]),
    }),
    z.strictObject({ decision: z.literal('reject'), digest, seen, reason: text.trim().min(1, 'say why') }),
    z.strictObject({ decision: z.literal('request-changes'), digest, seen, reason: text.trim().min(1, 'say what to change') }),
    z.strictObject({
      decision: z.literal('delegate'),
      to: z.string().refine(isPersonId, 'name a person by their id'),
      until: z.iso.datetime({ error: 'say until when, as 2026-12-01T18:00:00Z' }),
    }),
    z.strictObject({ decision: z.literal('revoke-delegation') }),
    z.strictObject({ decision: z.literal('confirm'), digest, seen }),
    z.strictObject({ decision: z.literal('close-review'), text: text.trim().min(1, 'say what came of it') }),
    z.strictObject({ decision: z.literal('withdraw'), reason: text.default('') }),
    z.strictObject({ decision: z.literal('comment'), comment: text.trim().min(1, 'say something') }),
  ]),
}
type Input = InputOf<typeof shape>
type Call = PersonCall<Input, readonly Hold[]>
export type ApprovePorts = Pick<Ports, 'ledger' | 'holds' | 'catalog' | 'policy' | 'workflow' | 'now' | 'newId'>

/** Whoever holds a delegation speaks with the groups that it lends, too, and takes back so what they said with it; they hand nothing on. */
const spokenWith = (change: Change, { id, groups }: Person, decision: DecisionOnChange, at: number): readonly string[] => {
  switch (decision) {
    case 'delegate':
    case 'revoke-delegation':
    case 'confirm':
    case 'close-review':
      return groups
    case 'withdraw':
    case 'comment':
      return [...groups, ...(change.review?.delegations ?? []).filter(({ to }) => to === id).flatMap(({ from }) => from.groups)]
    default:
      return [...groups, ...delegatorsOf(change, id, at).flatMap(({ groups: lent }) => lent)]
  }
}

const asked = (change: Change, { id }: Person, groups: readonly string[], decision: DecisionOnChange): Request => ({
  principal: principalOf({ id, name: '', groups }),
  action: 'approveChange',
  resource: changeResource(change),
  context: { decision },
})

/** Asked about this very change, because four eyes is a rule about its proposer. What holds stand is read with it, for the release. */
export const question =
  ({ ledger, holds, now }: Pick<Ports, 'ledger' | 'holds' | 'now'>): Question<Input, readonly Hold[]> =>
  async ({ path, body: { decision } }, person) => {
    const askedOf = (change: Change): Request => asked(change, person, spokenWith(change, person, decision, now()), decision)
    const [request, readAhead] = await Promise.all([
      aboutChange(ledger.loadChange, path.change, (_, change) => askedOf(change)),
      holds.standing(now()),
    ])
    return 'problem' in request ? request : { request, readAhead }
  }

/** Where a delegation may have ended since the question, it is put again, and its answer is what the commit rests on. */
const leaveNow = ({ policy, now }: ApprovePorts, change: Change, { person, input: { body }, decision }: Call) => {
  if (!change.review?.delegations.some(({ to }) => to === person.id)) return { allowed: true, decision } as const
  return policy.authorize(asked(change, person, spokenWith(change, person, body.decision, now()), body.decision))
}

const approvalOf = ({ policy, now }: ApprovePorts, change: Change, by: Person) => {
  const onBehalf = delegatorsOf(change, by.id, now())
  const onlyOnBehalf = onBehalf.length > 0 && !policy.authorize(asked(change, by, by.groups, 'approve')).allowed
  return { onBehalf, onlyOnBehalf, since: approvalsSince(policy.set().settings, change, now()) }
}

const decideOn = (ports: ApprovePorts, change: Change, { id, input: { body }, person: by }: Call): Decided => {
  switch (body.decision) {
    case 'approve':
      return approve(change, {
        by,
        digest: body.digest,
        comment: body.comment,
        signOff: body.signOff,
        seen: body.seen,
        ...approvalOf(ports, change, by),
      })
    case 'reject':
      return reject(change, { by, digest: body.digest, reason: body.reason, seen: body.seen })
    case 'request-changes':
      return requestChanges(change, { by, digest: body.digest, reason: body.reason, seen: body.seen })
    case 'delegate':
      return delegate(change, { by, to: body.to, until: body.until, at: ports.now() })
    case 'revoke-delegation':
      return revokeDelegation(change, { by })
    case 'confirm': {
      const secondsMax = ports.policy.set().settings.breakGlass.confirmSecondsMax
      return confirmEmergency(change, { by, digest: body.digest, seen: body.seen, at: ports.now(), secondsMax })
    }
    case 'close-review':
      return closeReview(change, { by, text: body.text })
    case 'withdraw':
      return withdraw(change, { by, reason: body.reason })
    case 'comment':
      return comment(change, { id, by, text: body.comment })
  }
}

/** The same word of the same person again is no refusal: it is the answer that got lost. */
const isRepeated = async (ports: ApprovePorts, change: Change, { id, input: { body }, person }: Call): Promise<boolean> => {
  const { ledger } = ports
  switch (body.decision) {
    case 'approve': {
      const { onBehalf, since } = approvalOf(ports, change, person)
      return currentApprovals(change, since).some(
        ({ by, digest: approved, signOff, onBehalf: before }) =>
          by.id === person.id &&
          approved === body.digest &&
          body.signOff.every(signed => signOff.includes(signed)) &&
          onBehalf.every(({ id: delegator }) => before.some(other => other.id === delegator)),
      )
    }
    case 'reject':
      return change.status === 'declined' && change.rejection?.by.id === person.id && change.rejection.digest === body.digest
    case 'request-changes':
      return (change.review?.changesRequested ?? []).some(
        ({ by, digest: seen, reason }) => by.id === person.id && seen === body.digest && reason === body.reason,
      )
    case 'delegate':
      return (change.review?.delegations ?? []).some(
        ({ from, to, until, endedAt }) =>
          from.id === person.id && to === body.to && endedAt === null && Date.parse(until) === Date.parse(body.until),
      )
    case 'revoke-delegation': {
      const last = change.review?.delegations.findLast(({ from }) => from.id === person.id)
      return last !== undefined && last.endedAt !== null
    }
    case 'confirm':
      return change.review?.digest === body.digest && change.review.confirmation?.by.id === person.id
    case 'close-review':
      return change.review?.afterReview?.closed?.by.id === person.id
    case 'withdraw':
      return lastWordOf(await eventsOf(ledger, change), person.id, change.review?.digest) === 'withdrawn'
    case 'comment':
      return (await eventsOf(ledger, change)).some(event => event.type === 'commented' && event.id === id)
  }
}

const eventsOf = async (ledger: ApprovePorts['ledger'], { id }: Change): Promise<readonly ChangeEvent[]> =>
  (await commitsOfChange(ledger, id))
    .flatMap(({ events }) => events)
    .flatMap(event => {
      const parsed = ChangeEvent.safeParse(event)
      return parsed.success ? [parsed.data] : []
    })

const WORDS = ['approved', 'changes-requested', 'withdrawn']

/** Of which kind the newest word of a person on a digest is. */
const lastWordOf = (events: readonly ChangeEvent[], person: string, digest: string | undefined): string | undefined =>
  events.findLast(
    event =>
      WORDS.includes(event.type) &&
      'digest' in event &&
      'by' in event &&
      typeof event.by === 'object' &&
      event.by.id === person &&
      event.digest === digest,
  )?.type

/** A change is read whole each time; chatter must not make that dear, nor push what happened out of its timeline. */
const COMMENTS_MAX = 200

const floodProblem = async ({ ledger }: ApprovePorts, change: Change, { input: { body } }: Call): Promise<Problem | null> => {
  if (body.decision !== 'comment' || (await eventsOf(ledger, change)).filter(({ type }) => type === 'commented').length < COMMENTS_MAX)
    return null
  return problem('not-allowed-now', `The change has ${COMMENTS_MAX} comments; go on elsewhere, and refer to it there.`, {
    state: change.status,
    allowed: allowedNow(change).filter(command => command !== 'comment'),
    reason: 'too-many-comments',
  })
}

/** A sign-off of what is not there would be a slip of the pen that nobody notices. */
const signOffProblem = async ({ catalog }: ApprovePorts, change: Change, { input: { body } }: Call): Promise<Problem | null> => {
  if (body.decision !== 'approve' || body.signOff.length === 0 || change.review === null) return null
  const verdict = await catalog.verdict(change.review.bound.verdict)
  const signable = verdict ? signableOf(verdict) : []
  const [unknown] = body.signOff.filter(signed => !signable.includes(signed))
  if (unknown === undefined) return null
  const known = signable.length === 0 ? 'it has nothing to sign off' : `it has ${signable.join(', ')}`
  return problem('invalid-input', `The verdict has no ${unknown} to sign off; ${known}. Correct \`signOff\` and send it again.`, {
    signable,
  })
}

/** A release may wait for an approval, or for a request for changes to be taken back. */
const mayBeLast = (change: Change, { input: { body }, person }: Call): boolean =>
  body.decision === 'approve' ||
  body.decision === 'confirm' ||
  (body.decision === 'withdraw' && (change.review?.changesRequested ?? []).some(({ by }) => by.id === person.id))

const decide = async (ports: ApprovePorts, call: Call, loaded: Loaded, held: readonly Hold[]): Promise<Intent<Loaded | Problem>> => {
  const { change } = loaded
  if (await isRepeated(ports, change, call)) return { settled: loaded }
  const leave = leaveNow(ports, change, call)
  if (!leave.allowed)
    return {
      settled: problem('forbidden', `Ask somebody who may: ${leave.reasons.join(' ')}`, {
        policies: leave.policies,
        reasons: leave.reasons,
      }),
    }
  const outcome = decideOn(ports, change, call)
  if (!outcome.ok) return { settled: refusedProblem(change, outcome) }
  const refused = (await signOffProblem(ports, change, call)) ?? (await floodProblem(ports, change, call))
  if (refused) return { settled: refused }
  const last = mayBeLast(change, call) ? await releaseOf(ports, change, held, outcome.events) : null
  const events = [...outcome.events, ...(last?.events ?? [])]
  return { events, actor: call.person.id, decision: leave.decision, moves: last?.decision }
}

const answerOn = async (ports: ApprovePorts, loaded: Loaded, held: readonly Hold[]): Promise<Outcome> => {
  const { change, version } = loaded
  const verdict = change.review && (await ports.catalog.verdict(change.review.bound.verdict))
  const standing = isTerminal(change.status) ? [] : held
  const brief = changeBrief(loaded, needsOf(ports, change, verdict, held), standing, sinceOf(ports, change))
  return created(`/changes/${change.id}`, brief, { etag: etagOf(version) })
}

/** Approves, rejects or asks to change exactly what was seen, takes one's word back, or comments. The answer tells what is still missing. */
export const approveChange =
  (ports: ApprovePorts) =>
  async (call: Call): Promise<Outcome> => {
    const id = call.input.path.change
    /* Read once for a decision, and anew for each attempt at it: what is told as missing is what it was decided on. */
    let held: readonly Hold[] = []
    let { readAhead: standing } = call
    const decideNow = async (loaded: Loaded) => {
      const inOrder = noEarlier(ports, loaded)
      held = await heldOf(inOrder, loaded.change, standing)
      standing = undefined
      return decide(inOrder, call, loaded, held)
    }
    /* One answer for a state: what went with the commit is what is given, so that it is not kept a second time. */
    const answers = new WeakMap<Change, Outcome>()
    const answer = async (loaded: Loaded): Promise<Outcome> => {
      const told = answers.get(loaded.change) ?? (await answerOn(ports, loaded, held))
      answers.set(loaded.change, told)
      return told
    }
    const { keep } = call
    const keeping = keep && { keep: async (loaded: Loaded) => keep(await answer(loaded)), answered: IN_PROGRESS }
    const appended = await appendChange<Loaded | Problem>(ports, id, decideNow, ports.ledger.recallChange(id), keeping)
    if (!appended) return unknownChange(id)
    const loaded = 'loaded' in appended ? appended.loaded : appended.settled
    if ('problem' in loaded) return loaded
    await wakeIfDue(ports, id, loaded.change)
    return answer(loaded)
  }
