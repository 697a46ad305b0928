/**
 * A frame is one thread of control: the machine itself, a branch of a Parallel state, or an iteration of a Map state. An execution is a tree of
 * frames and a history; both are on disk, and nothing else is needed to go on after a crash.
 *
 * A frame moves: ready → (enter a state) → ready again, or blocked in `scheduled → running → submitted`, `waiting`, `backing-off` or `nesting`,
 * until its last state ends it. What blocks it names everything that can unblock it: a deadline, an answer, a token, the children.
 */

/** What a Task waits for. Deadlines are epoch ms, undefined when there is none. */
export type Attempt = {
  /** Id of the TaskScheduled event: it names the attempt, so that a late answer of an earlier one is recognised. */
  readonly scheduled: number
  /** JSON text; where a task token stands in it, it holds the token's hash. */
  readonly arguments: string
  readonly tokenId: string | undefined
  readonly tokenHash: string | undefined
  readonly timeoutMs: number | undefined
  readonly heartbeatMs: number | undefined
  readonly deadline: number | undefined
  readonly heartbeatDeadline: number | undefined
}

export type Phase =
  | { readonly is: 'ready' }
  /** A state is entered again after a Retry's delay, without a new Entered event. */
  | { readonly is: 'retrying' }
  | { readonly is: 'scheduled'; readonly attempt: Attempt }
  /** The function is being called; after a restart it is called again. */
  | { readonly is: 'running'; readonly attempt: Attempt }
  /** The call was answered, the token not yet. */
  | { readonly is: 'submitted'; readonly attempt: Attempt }
  | { readonly is: 'waiting'; readonly until: number }
  | { readonly is: 'backing-off'; readonly until: number }
  | { readonly is: 'nesting'; readonly nest: Nest }
  /** A child that is done; its parent collects the output. A failure that the parent tolerates has none. */
  | { readonly is: 'ended'; readonly output: string | undefined }

/** What a Parallel or Map state keeps while its children run. */
export type Nest = {
  readonly total: number
  /** JSON texts, for Map only. They go as their iterations start. */
  readonly items: readonly string[]
  readonly started: number
  readonly concurrencyMax: number
  readonly failuresMax: number
  readonly failures: number
}

export type Frame = {
  readonly id: number
  readonly parent: number | undefined
  /** Which branch or iteration of the parent's state. */
  readonly index: number
  /** The item of an iteration, as JSON text. */
  readonly item: string | undefined
  state: string
  input: string
  /** Own variables, JSON texts; those of the frames above are seen too, but not changed. */
  variables: ReadonlyMap<string, string>
  /** Id of the event that the next one follows. */
  last: number
  entered: number
  enteredAt: number
  /** How often each retrier of the current state was used. */
  retries: readonly number[]
  phase: Phase
}

/** When the frame wakes by itself. */
export const dueOf = ({ phase }: Frame): number | undefined => {
  switch (phase.is) {
    case 'waiting':
    case 'backing-off':
      return phase.until
    case 'running':
    case 'submitted': {
      const { deadline, heartbeatDeadline } = phase.attempt
      return deadline === undefined ? heartbeatDeadline : Math.min(deadline, heartbeatDeadline ?? deadline)
    }
    default:
      return undefined
  }
}
