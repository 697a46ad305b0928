import type { Report } from '../shared/fleet/index.ts'
import type { Manifest } from '../shared/livepatch/index.ts'
import type { Observation } from './kernel.ts'
import type { TransitionFacts } from './transition-tasks.ts'

/** What the shell shall do; each comes back as one input. Times are epoch milliseconds. */
export type Effect =
  | { readonly do: 'sleep'; readonly until: number; readonly idle: boolean }
  /** Asks the distribution for the stop order, before the directive is asked for. */
  | { readonly do: 'poll-stop' }
  | { readonly do: 'poll'; readonly etag: string | null }
  | { readonly do: 'observe' }
  /** Asks the machine whom its open transition waits for. */
  | { readonly do: 'explain' }
  /** Asks the control plane whether the stalled transition of this host has been cleared to be forced. */
  | { readonly do: 'ask-clearance' }
  /** Writes to the livepatch's `force`. */
  | { readonly do: 'force'; readonly name: string }
  /** Gets the file from the store or by download and checks size and digest. */
  | { readonly do: 'fetch'; readonly digest: string; readonly name: string; readonly size: number; readonly location: string }
  | { readonly do: 'load'; readonly digest: string; readonly name: string; readonly removeFirst: boolean }
  /** Writes 0 to the livepatch's `enabled`. */
  | { readonly do: 'disable'; readonly name: string }
  /** Removes the module of a livepatch that was disabled. */
  | { readonly do: 'remove'; readonly name: string }
  | { readonly do: 'report'; readonly report: Report }

/** `same`: it is the document that came before. `unreachable`: nothing is known of it; it stops nobody and lifts nothing. */
export type StopAnswer = { readonly is: 'absent' | 'same' | 'unreachable' } | { readonly is: 'document'; readonly document: unknown }

export type Input =
  /** `jitter` is a random number in 0..1, with which hosts spread their polls. */
  | { readonly type: 'woken'; readonly at: number; readonly jitter: number }
  | { readonly type: 'stop-polled'; readonly at: number; readonly answer: StopAnswer }
  | { readonly type: 'polled'; readonly at: number; readonly jitter: number; readonly document: unknown; readonly etag: string | null }
  | { readonly type: 'unchanged'; readonly at: number; readonly jitter: number }
  | { readonly type: 'unreachable'; readonly at: number; readonly jitter: number; readonly detail: string }
  | { readonly type: 'observed'; readonly at: number; readonly observation: Observation }
  /** `none`: no transition is open (any more). `unknown`: the machine could not be asked. */
  | {
      readonly type: 'explained'
      readonly at: number
      readonly observation: Observation
      readonly facts: TransitionFacts | 'none' | 'unknown'
    }
  /** `document`: the clearance that was handed out; null: there is none, or nobody could be asked. */
  | { readonly type: 'cleared'; readonly at: number; readonly observation: Observation; readonly document: unknown }
  | { readonly type: 'forced'; readonly at: number; readonly result: string }
  /** The machine could not be read; nothing is decided on what is not known. */
  | { readonly type: 'unobserved'; readonly at: number; readonly detail: string }
  | {
      readonly type: 'fetched'
      readonly at: number
      /** Null: what the module patches cannot be read from its file. */
      readonly manifest: Manifest | null
      readonly known: readonly Manifest[]
      readonly observation: Observation
    }
  | { readonly type: 'fetch-failed'; readonly at: number; readonly code: 'download-failed' | 'digest-mismatch'; readonly detail: string }
  /** A step of the route disable-then-load came back. */
  | { readonly type: 'disabled' | 'removed'; readonly at: number; readonly name: string; readonly result: string; readonly detail: string }
  | { readonly type: 'loaded'; readonly at: number; readonly result: string; readonly detail: string }
  | {
      readonly type: 'reported'
      readonly at: number
      readonly essence: string
      readonly outcome: 'accepted' | 'ignored' | 'failed'
      readonly jitter: number
    }

export type Step<State> = { readonly state: State; readonly effects: readonly Effect[] }
