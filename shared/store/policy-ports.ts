import type { Edition, EditStatus, PolicyEdit, PolicyEditEvent } from '../edition/index.ts'
import type { Decision } from '../policy/index.ts'
import type { Page, PageRequest } from './ports.ts'

/** The edition in force. `digest`: of its files. */
export type ActiveEdition = { readonly number: number; readonly digest: string }

/** An edition without its files. `edit`: what it was before it came into force, `by`: on whose word. */
export type EditionHead = {
  readonly number: number
  readonly digest: string
  readonly version: string
  readonly edit: string
  readonly at: string
  readonly by: string
  readonly paths: readonly string[]
}

export type LoadedEdit = { readonly edit: PolicyEdit; readonly version: number; readonly lastHash: string | null }

/** What an edit's head item tells without replaying it. Nothing is decided on it. */
export type EditHead = {
  readonly id: string
  readonly status: EditStatus
  readonly fleet: string | null
  readonly proposer: string
  readonly proposedAt: string
  readonly updatedAt: string
  readonly reason: string
  readonly paths: readonly string[]
  /** Of the edition that it became; null where it did not. */
  readonly edition: number | null
}

/** Which policies are in force. */
export type PolicyLookup = {
  /** Strongly consistent. Null: no edition came into force yet. */
  active(): Promise<ActiveEdition | null>
  /** Immutable; null: there is none of that number. */
  edition(number: number): Promise<Edition | null>
}

/** The same with the edits that lead from one edition to the next. */
export type PolicyStore = PolicyLookup & {
  /** Newest first. */
  editions(page: PageRequest): Promise<Page<EditionHead>>
  /** Strongly consistent. */
  loadEdit(id: string): Promise<LoadedEdit | null>
  /**
   * Appends one commit of events to an edit, if its version is still `expected` (0: it must not exist). With `enacts`, in the same
   * transaction: the edition is kept, and comes into force if the one before it still is. `conflict`: others were first; decide again.
   */
  appendEdit(request: {
    readonly id: string
    readonly expected: number
    readonly lastHash: string | null
    readonly events: readonly PolicyEditEvent[]
    readonly enacts: Edition | null
    readonly actor: string
    readonly at: number
    readonly commitId: string
    readonly decision: Decision
    /** The leave to put the edit into force, where it comes into force with what its author says. */
    readonly enacting?: Decision | undefined
  }): Promise<{ readonly ok: true; readonly loaded: LoadedEdit } | { readonly ok: false; readonly error: 'conflict' }>
  /** Newest first; index read. */
  edits(filter: { readonly status?: EditStatus | undefined }, page: PageRequest): Promise<Page<EditHead>>
}
