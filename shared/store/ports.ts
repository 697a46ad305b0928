import type { Change, ChangeEvent, ChangeStatus } from '../change/index.ts'
import type { Host, HostFact, Moved } from '../fleet/index.ts'
import type { Commit } from '../history/index.ts'
import type { Stack } from '../kernel/index.ts'
import type { Edge } from '../lineage/index.ts'
import type { Manifest } from '../livepatch/index.ts'
import type { Delivery, DeliveryState, Receiver } from '../notice/index.ts'
import type { Decision, Hold, HoldEvent, HoldRecord } from '../policy/index.ts'
import type { SignedClearance, SignedDirective, SignedStopOrder } from '../rollout/index.ts'
import type { Inputs, Verdict } from '../verdict/index.ts'

/** One page of a listing; `next` is an opaque cursor, absent on the last page. */
export type Page<T> = { readonly items: readonly T[]; readonly next?: string }
export type PageRequest = { readonly limit: number; readonly cursor?: string | undefined }

/** What a change's head item tells without replaying its ledger. Nothing is decided on it. */
export type ChangeHead = {
  readonly id: string
  readonly fleet: string
  readonly livepatch: string
  readonly status: ChangeStatus
  /** Sequence of the newest commit. */
  readonly version: number
  readonly proposer: string
  readonly proposedAt: string
  readonly updatedAt: string
  /** Of the review that an emergency opens; null where there was none. */
  readonly afterReview: 'open' | 'closed' | null
}

/** What the workflow of a change waits for, and the task token that wakes it. */
export type Waiting = { readonly for: 'approvals' | 'wave' | 'decision'; readonly token: string; readonly wave: number | null }

export type Loaded = {
  readonly change: Change
  readonly version: number
  readonly lastHash: string | null
  /** Of the newest commit, ISO 8601. */
  readonly at: string
}

/** A commit that somebody may want to hear of. */
export type Announced = { readonly stream: string; readonly sequence: number; readonly at: string; readonly id: string }

/** Append-only streams of commits; the head of a change moves in the same transaction. */
export type Ledger = {
  /** Strongly consistent. Null: no such change. */
  loadChange(id: string): Promise<Loaded | null>
  /** A change as this process last saw it, without reading; null where it has not. It may be outdated: an append on it then conflicts. */
  recallChange(id: string): Loaded | null
  /**
   * Appends one commit of events to a change, if its version is still `expected` (0: it must not exist).
   * `proposed` takes the fleet's lock in the same transaction, a terminal status gives it back.
   * `decision` is the policy room's leave; without one nothing is written.
   * Events that bind to policies or let hosts act (`judged`, `released`, `wave-opened`) are appended only if the policies of that leave are still in force;
   * `policy-moved`: they are not, so ask the present ones.
   */
  appendChange(request: {
    readonly id: string
    readonly expected: number
    readonly lastHash: string | null
    readonly events: readonly ChangeEvent[]
    readonly actor: string
    readonly at: number
    readonly commitId: string
    readonly decision: Decision
    /** The lifecycle's leave, where events that let hosts act stand beside the actor's own. */
    readonly moves?: Decision | undefined
    /** The answer about the change as it will be, kept by the same transaction. `answered`: its key has an answer already. */
    readonly keeping?: ((loaded: Loaded) => Promise<KeptAnswer>) | undefined
  }): Promise<
    | { ok: true; loaded: Loaded }
    | { ok: false; error: 'conflict' | 'policy-moved' | 'answered' }
    | { ok: false; error: 'fleet-busy'; holder: string }
  >
  /** Other recorded facts: `patch#<digest>` submitted, `fleet#<id>` created, … each an append to its own stream. */
  record(request: {
    readonly stream: string
    readonly event: { readonly type: string; readonly [key: string]: unknown }
    readonly actor: string
    readonly at: number
    readonly commitId: string
    readonly decision: Decision
  }): Promise<void>
  commitsOf(stream: string, page: PageRequest): Promise<Page<Commit>>
  /** By day, newest first; index read, may lag. */
  commits(
    filter: { readonly actor?: string | undefined; readonly fleet?: string | undefined; readonly day?: string | undefined },
    page: PageRequest,
  ): Promise<Page<Commit>>
  changes(
    filter: { readonly status?: ChangeStatus | undefined; readonly fleet?: string | undefined },
    page: PageRequest,
  ): Promise<Page<ChangeHead>>
  /** Changes whose emergency was not reviewed yet, newest first. */
  openReviews(page: PageRequest): Promise<Page<ChangeHead>>
  head(id: string): Promise<ChangeHead | null>
  wait(id: string, waiting: Waiting): Promise<void>
  /** Strongly consistent. */
  waiting(id: string): Promise<Waiting | null>
  /** Of each of these fleets the change that is not in a terminal status, if there is one; strongly consistent. */
  activeChanges(fleets: readonly string[]): Promise<ReadonlyMap<string, string>>
  /** Changes that are not in a terminal status, for the sweep; index read. */
  open(page: PageRequest): Promise<Page<ChangeHead>>
  /** Commits that nobody has been told of yet, oldest first; strongly consistent. */
  outbox(limit: number): Promise<readonly Announced[]>
  /** Ordering duty: only when everybody's deliveries are kept. At most 100. */
  takeFromOutbox(announced: readonly Announced[]): Promise<void>
}

export type LoadedHold = { readonly hold: HoldRecord; readonly version: number }

/** Holds: event-sourced like changes, and few of them at once. */
export type Holds = {
  /** Those that nobody has lifted and that have not ended at `now` (epoch milliseconds); strongly consistent. */
  standing(now: number): Promise<readonly Hold[]>
  /** Strongly consistent. Null: no such hold. */
  load(id: string): Promise<LoadedHold | null>
  /** All that ever were, newest first. */
  list(page: PageRequest): Promise<Page<HoldRecord>>
  /** Appends one event, if the hold is still what was loaded (null: it must not exist). `decision` is the policy room's leave. */
  append(request: {
    readonly id: string
    readonly loaded: LoadedHold | null
    readonly event: HoldEvent
    readonly actor: string
    readonly at: number
    readonly commitId: string
    readonly decision: Decision
  }): Promise<{ ok: true; loaded: LoadedHold } | { ok: false; error: 'conflict' }>
}

export type Catalog = {
  /** Same digest again: `present`. Same series and version, or same name, with other bytes: `taken`. */
  submit(
    manifest: Manifest,
    at: number,
    by: string,
  ): Promise<{ ok: true; outcome: 'stored' | 'present' } | { ok: false; error: 'taken'; by: string }>
  manifest(digest: string): Promise<Manifest | null>
  manifests(digests: readonly string[]): Promise<ReadonlyMap<string, Manifest>>
  byName(name: string): Promise<Manifest | null>
  /** Id of who submitted the livepatch of a module name; null where there is none, or it was not kept with it yet. */
  author(name: string): Promise<string | null>
  list(filter: { readonly series?: string | undefined }, page: PageRequest): Promise<Page<Manifest>>
  /** Content-addressed; returns the verdict's digest. What the verdict names as its inputs is stored before it. */
  putVerdict(verdict: Verdict, inputs?: Inputs): Promise<string>
  verdict(digest: string): Promise<Verdict | null>
  /** What a verdict was worked out from, by the digest that it names; null where that is not there, or is something else. */
  inputs(digest: string): Promise<Inputs | null>
}

export type FleetSummary = {
  readonly id: string
  readonly description: string
  readonly createdAt: string
  readonly hosts: number
  readonly pollSeconds: number
  /** Certificates (PEM) of the keys whose signatures its owners trust; none: signatures are not judged. */
  readonly trust: readonly string[]
}
/** `fresh`: those of the hosts that carry nothing from before their boot. */
export type CohortCount = { readonly cohort: string; readonly stack: Stack; readonly hosts: number; readonly fresh: number }
/** Hosts of one change by slot (hundredths of the fleet) and host state; exact. */
export type SlotCounts = { readonly slot: number; readonly hosts: number; readonly states: Readonly<Record<string, number>> }

export type Fleets = {
  create(fleet: {
    readonly id: string
    readonly description: string
    readonly pollSeconds: number
    readonly trust?: readonly string[]
    readonly at: number
  }): Promise<{ ok: true } | { ok: false; error: 'exists' }>
  summary(id: string): Promise<FleetSummary | null>
  list(page: PageRequest): Promise<Page<FleetSummary>>
  /** Of all fleets, without a look at their hosts; strongly consistent. */
  ids(): Promise<readonly string[]>
  /** Stores hashes of one-time tokens. */
  issueEnrolments(fleet: string, tokenHashes: readonly string[], expiresAt: number): Promise<void>
  /** Consumes the token and creates the host in one transaction. */
  enrol(request: {
    readonly fleet: string
    readonly tokenHash: string
    readonly host: Host
    readonly at: number
  }): Promise<{ ok: true } | { ok: false; error: 'bad-token' | 'host-exists' }>
  host(id: string): Promise<Host | null>
  /** Many hosts in few reads, by id; unknown ones are left out. */
  hostsByIds(ids: readonly string[]): Promise<ReadonlyMap<string, Host>>
  hosts(fleet: string, page: PageRequest): Promise<Page<Host>>
  /** Strongly consistent sums of the sharded counters. */
  cohorts(fleet: string): Promise<readonly CohortCount[]>
  slots(fleet: string, change: string): Promise<readonly SlotCounts[]>
  /** Moves hosts and counters together, in transactions of at most 100 items; a report that lost a race is decided again by `fold`. */
  applyReports(
    fleet: string,
    hosts: readonly string[],
    fold: (host: Host) => Moved | null,
    at: number,
  ): Promise<{ readonly moved: number; readonly ignored: number }>
  hostHistory(host: string, page: PageRequest): Promise<Page<HostFact>>
  /** The newest clearance that a host was given, used and expired ones too. */
  clearance(host: string): Promise<SignedClearance | null>
  putClearance(signed: SignedClearance): Promise<void>
  directive(fleet: string): Promise<SignedDirective | null>
  /** Only if the stored version is older: a slow writer never puts an old directive over a newer one. */
  putDirective(fleet: string, signed: SignedDirective): Promise<{ ok: true } | { ok: false; error: 'older' }>
  /** The newest stop order, for all fleets; strongly consistent. */
  stopOrder(): Promise<SignedStopOrder | null>
  /** Only if the stored version is older, as with directives. */
  putStopOrder(signed: SignedStopOrder): Promise<{ ok: true } | { ok: false; error: 'older' }>
}

export type LineageStore = {
  /** Idempotent: the same edge again changes nothing. */
  add(edges: readonly Edge[]): Promise<void>
  replacedBy(digest: string, page: PageRequest): Promise<Page<Edge>>
  replaced(digest: string, page: PageRequest): Promise<Page<Edge>>
}

/** An answer on its way into the transaction that does what it tells. Only KeptAnswers makes one. */
export type KeptAnswer = { readonly key: string }
export type AnswerToKeep = {
  readonly scope: string
  readonly key: string
  readonly bodyHash: string
  readonly status: number
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
  readonly at: number
}
type Done = { readonly state: 'done'; readonly status: number; readonly body: string; readonly headers: Readonly<Record<string, string>> }

/** For what is one transaction as a whole: its answer goes with it, or is kept alone where nothing had to be done. Nothing is begun before. */
export type KeptAnswers = {
  alongside(request: AnswerToKeep): Promise<KeptAnswer>
  /** Where the key has an answer already, that one is to be given. */
  keep(request: AnswerToKeep): Promise<{ readonly state: 'kept' } | Done | { readonly state: 'other-body' }>
}

/** Answers kept per person and Idempotency-Key for 24 h. */
export type Idempotency = {
  /** `fresh`: go on, with this id and time, which a retry after a crash is given again. */
  begin(request: {
    readonly scope: string
    readonly key: string
    readonly bodyHash: string
    readonly at: number
    readonly id: string
  }): Promise<
    | { readonly state: 'fresh'; readonly id: string; readonly at: number }
    | Done
    | { readonly state: 'other-body' }
    | { readonly state: 'in-progress' }
  >
  finish(request: {
    readonly scope: string
    readonly key: string
    readonly status: number
    readonly body: string
    readonly headers: Readonly<Record<string, string>>
    readonly at: number
  }): Promise<void>
}

/** `until` in epoch milliseconds. */
export type EarlierSecret = { readonly generation: number; readonly until: number }

/** A receiver and how it does; times in epoch milliseconds. */
export type KeptReceiver = Receiver & {
  /** Which secret it has, 1, 2, …; the one before counts as well until `previousUntil`. */
  readonly generation: number
  readonly previousUntil: number | null
  /** Generations before that one which count yet, because another one was made while they did. */
  readonly earlier: readonly EarlierSecret[]
  /** The request that made the newest generation, so that its repetition makes none. */
  readonly rotation: string | null
  /** Why it is told nothing; null while it is. */
  readonly disabled: string | null
  /** Since when it has taken nothing; null where the newest attempt was taken. */
  readonly failingSince: number | null
  readonly deliveredAt: number | null
}

/** Receivers and what is on its way to them. What is said to a receiver that is gone changes nothing and answers false. */
export type NoticeStore = {
  /** False: the id is taken. */
  addReceiver(receiver: Receiver): Promise<boolean>
  /** All of them; their number is bounded by whoever adds. */
  receivers(): Promise<readonly KeptReceiver[]>
  receiver(id: string): Promise<KeptReceiver | null>
  removeReceiver(id: string): Promise<void>
  rotate(
    id: string,
    rotated: {
      readonly generation: number
      readonly previousUntil: number
      readonly earlier: readonly EarlierSecret[]
      readonly rotation: string
    },
  ): Promise<boolean>
  disable(id: string, why: string): Promise<boolean>
  enable(id: string): Promise<boolean>
  took(id: string, at: number): Promise<boolean>
  failed(id: string, at: number): Promise<boolean>
  /** Idempotent: a notice that is or was on its way to a receiver stays as it is. */
  enqueue(delivery: Delivery): Promise<void>
  /** Attempts that are due at a time, the longest waiting first; strongly consistent. */
  due(at: number, limit: number): Promise<readonly { readonly receiver: string; readonly notice: string; readonly key: string }[]>
  /** Takes away a due attempt whose delivery is gone. */
  forget(dueKey: string): Promise<void>
  /** False: somebody else moved it first. */
  move(before: Delivery, after: Delivery): Promise<boolean>
  delivery(receiver: string, notice: string): Promise<Delivery | null>
  deliveries(receiver: string, filter: { readonly state?: DeliveryState | undefined }, page: PageRequest): Promise<Page<Delivery>>
  /** Marks of what was told and is no commit: a reminder. */
  wasTold(mark: string): Promise<boolean>
  told(mark: string, at: number): Promise<void>
}

export type Store = {
  readonly ledger: Ledger
  readonly holds: Holds
  readonly catalog: Catalog
  readonly fleets: Fleets
  readonly lineage: LineageStore
  readonly idempotency: Idempotency
}

/** Table names and the index names that infra and store agree on. */
export const INDEXES = { byStatus: 'by-status', byFleet: 'by-fleet', byActor: 'by-actor', byDay: 'by-day' } as const
