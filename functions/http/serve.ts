import middy from '@middy/core'
import type { Context } from 'aws-lambda'
import type { Person } from '../../shared/change/index.ts'
import { type Operation, type OperationId, operation } from '../../shared/operations/index.ts'
import type { Decision, Answer as PolicyAnswer } from '../../shared/policy/index.ts'
import type { Idempotency, KeptAnswer } from '../../shared/store/index.ts'
import type { Log } from '../log.ts'
import type { PolicyPort } from '../ports.ts'
import type { Question } from './admission.ts'
import type { Outcome } from './answer.ts'
import { type Exchange, type HttpEvent, type HttpResult, openExchange, type Rendered } from './exchange.ts'
import { remembered } from './idempotency.ts'
import { bearerOf, type CallingHost, hostOf, personOf } from './identity.ts'
import type { keptWithCommit } from './kept-with-commit.ts'
import { parseBody } from './parse-body.ts'
import { type Problem, problem, Refusal } from './problem.ts'
import { problemsStep, render, seal } from './render.ts'
import { type Input, type RequestShape, readInput } from './request-shape.ts'

export type Call<I> = {
  /** A ULID, and the time in epoch milliseconds: what the request acts with. */
  readonly id: string
  readonly at: number
  readonly input: I
  readonly ifMatch: string | null
  readonly ifNoneMatch: string | null
  /** Of an operation that is one commit: its answer, for the transaction that appends it. */
  readonly keep?: (answer: Outcome) => Promise<KeptAnswer>
}
/** `readAhead`: what the operation's question read for it, a moment ago. */
export type PersonCall<I, S = undefined> = Call<I> & {
  readonly person: Person
  readonly decision: Decision
  readonly readAhead?: S | undefined
}
export type HostCall<I> = Call<I> & { readonly host: CallingHost }
/** Nobody vouches for the caller; an enrolment's bearer token is the handler's own business. */
export type OpenCall<I> = Call<I> & { readonly bearer: string | null }

/** What the chain itself needs of the world. */
export type Surroundings = {
  readonly log: Log
  readonly now: () => number
  readonly newId: (at: number) => string
}
export type PersonSurroundings = Surroundings & {
  /** The choke point, under the policies that are in force when the request comes. */
  readonly policy: Pick<PolicyPort, 'refresh' | 'authorize'>
  readonly idempotency: () => Idempotency
  /** In its place, for an operation that is one commit. */
  readonly oneCommit?: ReturnType<typeof keptWithCommit>
}

const BODY_BYTES_MAX = 65_536

export type Handler = (event: HttpEvent, context: Context) => Promise<HttpResult>

const invariant: (condition: unknown, sentence: string) => asserts condition = (condition, sentence) => {
  if (!condition) throw new Error(sentence)
}

/** A refusal of policy, with the sentences of the policies that said no. Four eyes is worth a code of its own. */
const forbidden = (answer: Extract<PolicyAnswer, { allowed: false }>): Problem =>
  answer.policies.some(id => id === 'four-eyes' || id === 'four-eyes-on-policy')
    ? problem('four-eyes', 'Ask somebody else to decide: nobody approves or rejects what they proposed or built (four eyes).', {
        policies: answer.policies,
      })
    : problem('forbidden', `Ask somebody who may: ${answer.reasons.join(' ')}`, { policies: answer.policies, reasons: answer.reasons })

type Parts<P, Q, B> = {
  readonly served: Operation
  readonly shape: RequestShape<P, Q, B>
  /** Between the input's check and the operation. */
  readonly admit: (exchange: Exchange, input: Input<P, Q, B>) => Promise<void> | void
  readonly identify: (exchange: Exchange) => void
  readonly idempotency: (() => Idempotency) | null
  readonly oneCommit?: PersonSurroundings['oneCommit']
  readonly handle: (exchange: Exchange, call: Call<Input<P, Q, B>>) => Promise<Outcome>
}

/**
 * The one chain that every operation is served through. In this order: the body's bytes bounded and parsed, the caller identified,
 * the input checked against the operation's schema, policy asked, a repeated request answered from memory, the operation; and
 * problems made into documents, registered last so that it is the first to see a failure.
 */
const chainOf = <P, Q, B>({ served, shape, admit, identify, idempotency, oneCommit, handle }: Parts<P, Q, B>, log: Log) => {
  const inputs = new WeakMap<Exchange, Input<P, Q, B>>()
  const bodies = new WeakMap<Exchange, { readonly json: unknown }>()
  const operate = async (exchange: Exchange): Promise<Rendered> => {
    const input = inputs.get(exchange)
    invariant(input, 'the input was checked before')
    const { headers } = exchange.event
    const call = {
      id: exchange.id,
      at: exchange.at,
      input,
      ifMatch: headers['if-match'] ?? null,
      ifNoneMatch: headers['if-none-match'] ?? null,
      ...(oneCommit ? { keep: (answer: Outcome) => oneCommit.keep(exchange, answer) } : {}),
    }
    const outcome = await handle(exchange, call)
    return oneCommit ? oneCommit.render(outcome, exchange) : render(outcome, exchange)
  }
  const parse = ({ event: exchange }: { event: Exchange }): void => {
    if (served.method === 'GET') return
    bodies.set(exchange, { json: parseBody(exchange.raw, exchange.event.headers['content-type'], shape.bytesMax ?? BODY_BYTES_MAX) })
  }
  const check = ({ event: exchange }: { event: Exchange }): void => {
    inputs.set(exchange, readInput(shape, exchange, bodies.get(exchange)?.json ?? null))
  }
  const permit = async ({ event: exchange }: { event: Exchange }): Promise<void> => {
    const input = inputs.get(exchange)
    invariant(input, 'the input was checked before')
    await admit(exchange, input)
  }
  return middy<Exchange, Rendered>(operate)
    .before(parse)
    .before(({ event }) => identify(event))
    .before(check)
    .before(permit)
    .use(oneCommit ? oneCommit.steps : idempotency ? remembered(idempotency) : [])
    .onError(problemsStep(log))
}

const serve = <P, Q, B>(parts: Parts<P, Q, B>, { log, now, newId }: Surroundings): Handler => {
  const chain = chainOf(parts, log)
  return async (event, context) => {
    const at = now()
    const exchange = openExchange(parts.served, event, newId(at), at)
    return seal(log, exchange, await chain(exchange, context), now() - at)
  }
}

/** Serves people: the token's person, the policy's leave for exactly what the request is about, and memory where the operation asks for it. */
export const servePerson = <P, Q, B, S = undefined>(
  id: OperationId,
  shape: RequestShape<P, Q, B>,
  question: Question<Input<P, Q, B>, S>,
  surroundings: PersonSurroundings,
  handle: (call: PersonCall<Input<P, Q, B>, S>) => Promise<Outcome>,
): Handler => {
  const served = operation(id)
  invariant(served.audience === 'person' && served.action !== null, `${id} is not for people`)
  const readAhead = new WeakMap<Exchange, S>()
  const admit = async (exchange: Exchange, input: Input<P, Q, B>): Promise<void> => {
    invariant(exchange.person, 'the person was identified before')
    const [asked] = await Promise.all([question(input, exchange.person), surroundings.policy.refresh()])
    if ('problem' in asked) throw new Refusal(asked)
    const request = 'request' in asked ? asked.request : asked
    if ('request' in asked) readAhead.set(exchange, asked.readAhead)
    invariant(request.action === served.action, `${id} asks policy about ${request.action}, the table says ${served.action}`)
    const answer = surroundings.policy.authorize(request)
    if (!answer.allowed) throw new Refusal(forbidden(answer))
    exchange.decision = answer.decision
  }
  const identify = (exchange: Exchange): void => {
    exchange.person = personOf(exchange.event)
    if (exchange.person) return
    const detail =
      'Sign in and send your token as `Authorization: Bearer`; its subject has 1 to 255 visible characters and is not `supersede`.'
    throw new Refusal(problem('unauthenticated', detail))
  }
  const run = async (exchange: Exchange, call: Call<Input<P, Q, B>>): Promise<Outcome> => {
    const { person, decision } = exchange
    invariant(person && decision, 'nobody gets here without a leave')
    return handle({ ...call, person, decision, readAhead: readAhead.get(exchange) })
  }
  const idempotency = served.idempotent ? surroundings.idempotency : null
  return serve({ served, shape, admit, identify, idempotency, oneCommit: surroundings.oneCommit, handle: run }, surroundings)
}

/** Serves hosts, which our own authorizer let through. */
export const serveHost = <P, Q, B>(
  id: OperationId,
  shape: RequestShape<P, Q, B>,
  surroundings: Surroundings,
  handle: (call: HostCall<Input<P, Q, B>>) => Promise<Outcome>,
): Handler => {
  const served = operation(id)
  invariant(served.audience === 'host', `${id} is not for hosts`)
  const identify = (exchange: Exchange): void => {
    exchange.host = hostOf(exchange.event)
    if (exchange.host) return
    throw new Refusal(problem('unauthenticated', 'Sign a token with the host’s own key and send it as `Authorization: Bearer`.'))
  }
  const run = async ({ host }: Exchange, call: Call<Input<P, Q, B>>): Promise<Outcome> => {
    invariant(host, 'the host was identified before')
    return handle({ ...call, host })
  }
  return serve({ served, shape, admit: () => {}, identify, idempotency: null, handle: run }, surroundings)
}

/** Serves whoever comes. */
export const serveAnyone = <P, Q, B>(
  id: OperationId,
  shape: RequestShape<P, Q, B>,
  surroundings: Surroundings,
  handle: (call: OpenCall<Input<P, Q, B>>) => Promise<Outcome>,
): Handler => {
  const served = operation(id)
  invariant(served.audience === 'public' || served.audience === 'enrolment', `${id} is not for everyone`)
  const run = ({ event }: Exchange, call: Call<Input<P, Q, B>>): Promise<Outcome> => handle({ ...call, bearer: bearerOf(event) })
  return serve({ served, shape, admit: () => {}, identify: () => {}, idempotency: null, handle: run }, surroundings)
}
