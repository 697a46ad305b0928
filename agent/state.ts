import * as z from 'zod'
import { Report, type TransitionEvidence } from '../shared/fleet/index.ts'
import { Directive, Route, StopOrder } from '../shared/rollout/index.ts'

const Refusal = Report.shape.refusal

/**
 * The way of a host that disables what it runs before it loads. Written before the first livepatch is disabled, so that whoever starts again
 * knows that the host may be exposed, and goes on.
 */
const Way = z.object({
  /** A host that reboots is not on the way any more. */
  bootId: z.string(),
  /** What it disables, oldest first. */
  disables: z.array(z.string()).readonly(),
  /** When the first was disabled; epoch milliseconds. */
  since: z.int(),
  /** When the new livepatch was proven; null: not yet. */
  until: z.int().nullable(),
  /** Everything is disabled, and the load has begun: a livepatch of that digest is the new one. */
  loading: z.boolean(),
  /** How often the kernel did not let a module go, and which ones are left in memory. */
  removals: z.int(),
  kept: z.array(z.string()).readonly(),
})

/** What the agent is doing, or has done, for one change. */
const Work = z.object({
  change: z.string(),
  livepatch: z.object({ digest: z.string(), name: z.string() }),
  route: Route.default('replace'),
  way: Way.nullable().default(null),
  /** Version of the directive that it was last begun under. */
  directiveVersion: z.int(),
  /** When the load came back with success; epoch milliseconds. */
  loadedAt: z.int().nullable(),
  /** Since when its transition has been seen open. */
  movingSince: z.int().nullable(),
  /** Downloads and loads that failed in a way that may pass. */
  attempts: z.int(),
  /** Why it is not going on. `pending`: tried again with the next poll; else a newer directive makes the agent try again. */
  failure: z.object({ state: z.enum(['pending', 'apply-failed', 'quarantined', 'forced']), refusal: Refusal.unwrap() }).nullable(),
})
export type Work = z.infer<typeof Work>

/** What must survive a restart of the agent. Written before the agent acts on it. */
export const AgentState = z.object({
  schema: z.literal('supersede.agent/1'),
  /** Public keys that may sign directives, JWK `x` by key id; from the enrolment. */
  directiveKeys: z.record(z.string(), z.string()),
  /** Interval until a directive says another. */
  pollSeconds: z.number().positive(),
  /** Of the newest report. */
  sequence: z.int().min(0),
  /** The newest directive that was accepted. */
  accepted: z.object({ directive: Directive, digest: z.string(), etag: z.string().nullable() }).nullable(),
  /** Why the newest document that came was not accepted. */
  directiveRefusal: Refusal,
  /** The newest stop order that was accepted, in force or not. */
  stop: z.object({ order: StopOrder, digest: z.string() }).nullable().default(null),
  /** Why the newest stop order that came was not believed. */
  stopRefusal: Refusal.default(null),
  /** Digests of the modules that the agent loaded since this boot, by name. */
  loaded: z.object({ bootId: z.string(), digests: z.record(z.string(), z.string()) }),
  /** The boot in which a transition was seen to have been forced: nothing is loaded in it any more. */
  forcedBoot: z.string().nullable().default(null),
  /** The clearance that was used last, for which change and in which boot. An outcome that a crash kept from being known counts as done. */
  usedClearance: z
    .object({ clearance: z.string(), change: z.string(), bootId: z.string(), outcome: z.enum(['unknown', 'done', 'refused']) })
    .nullable()
    .default(null),
  work: Work.nullable(),
  /** What the control plane heard last: a digest of everything that would make a new report worth sending. */
  reported: z.object({ essence: z.string(), at: z.int() }).nullable(),
})
export type AgentState = z.infer<typeof AgentState>

export const newState = (enrolment: { readonly keyId: string; readonly publicKey: string; readonly pollSeconds: number }): AgentState => ({
  schema: 'supersede.agent/1',
  directiveKeys: { [enrolment.keyId]: enrolment.publicKey },
  pollSeconds: enrolment.pollSeconds,
  sequence: 0,
  accepted: null,
  directiveRefusal: null,
  stop: null,
  stopRefusal: null,
  loaded: { bootId: '', digests: {} },
  forcedBoot: null,
  usedClearance: null,
  work: null,
  reported: null,
})

/** What the agent knows while it runs; `durable` is written whenever it changes. */
export type Agent = {
  readonly durable: AgentState
  /** When to poll next; epoch milliseconds. */
  readonly pollAt: number
  /** Polls in a row that did not get through. */
  readonly misses: number
  /** Something failed since the agent woke; it begins nothing new before it wakes again. */
  readonly resting: boolean
  /** What was last found out about a stalled transition. */
  readonly evidence: TransitionEvidence | null
}

export const change = (agent: Agent, durable: Partial<AgentState>): Agent => ({ ...agent, durable: { ...agent.durable, ...durable } })
