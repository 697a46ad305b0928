/** One append to a stream: its events, who and when, chained to the one before by hash. */
export type Commit = {
  /** `change#<id>`, `patch#<digest>`, `fleet#<id>`, … */
  readonly stream: string
  /** 1, 2, 3, … within the stream. */
  readonly sequence: number
  /** ULID. */
  readonly id: string
  /** ISO 8601. */
  readonly at: string
  /** A person's id, or `supersede` for the workflow. */
  readonly actor: string
  readonly events: readonly { readonly type: string; readonly [key: string]: unknown }[]
  /** Ids of the policies that allowed it. */
  readonly policies: readonly string[]
  /** Hash of the stream's previous commit; null for the first. */
  readonly previousHash: string | null
  /** SHA-256 (hex) over the canonical JSON of all fields above. */
  readonly hash: string
}
