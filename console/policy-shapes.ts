/** What the API answers about policies, as far as the console shows it. */
export type PolicyFile = { readonly path: string; readonly from: 'deployed' | 'edition'; readonly text: string }
export type Rule = { readonly id: string; readonly file: string; readonly effect: string; readonly reason: string; readonly text: string }
export type Words = {
  readonly kinds: readonly { readonly kind: string; readonly needs: readonly string[]; readonly policies: readonly string[] }[]
  readonly settings: {
    readonly tier: string
    readonly windows: readonly string[]
    readonly freezes: readonly string[]
    readonly stricter: readonly string[]
    readonly owners: readonly string[]
    readonly approvals: string
  }
  readonly own: readonly Rule[]
  readonly may: readonly Rule[]
  readonly others: readonly Rule[]
}
export type Fault = { readonly path: string; readonly message: string }
export type Policies = {
  readonly version: string
  readonly edition: number
  readonly faults: readonly Fault[]
  readonly files: readonly PolicyFile[]
  readonly words: Words
}
export type EditionHead = {
  readonly number: number
  readonly edit: string
  readonly at: string
  readonly by: string
  readonly paths: readonly string[]
}
export type EditHead = {
  readonly id: string
  readonly status: string
  readonly fleet: string | null
  readonly proposer: string
  readonly proposedAt: string
  readonly reason: string
  readonly paths: readonly string[]
}
export type EditedFile = { readonly path: string; readonly change: string; readonly text: string | null; readonly diff: string }
export type PolicyEdit = EditHead & {
  readonly digest: string
  readonly proposerName: string
  readonly base: { readonly edition: number }
  readonly decideBefore: string | null
  readonly needs: readonly string[]
  readonly approvals: readonly { readonly by: string; readonly name: string; readonly at: string; readonly comment: string }[]
  readonly edition: number | null
  readonly ending: string | null
  readonly files: readonly EditedFile[]
  readonly timeline: readonly { readonly at: string; readonly actor: string; readonly type: string; readonly text: string }[]
}
/** Whole texts by path; null takes a file away. */
export type Draft = Readonly<Record<string, string | null>>
export type PolicyCheck = {
  readonly sound: boolean
  readonly faults: readonly Fault[]
  readonly files: readonly EditedFile[]
  readonly replayed: number
  readonly otherwise: readonly {
    readonly change: string
    readonly fleet: string
    readonly status: string
    readonly before: readonly string[]
    readonly after: readonly string[]
    readonly policies: readonly string[]
  }[]
}
