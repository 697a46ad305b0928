/** "`next` replaced `previous` on a fleet by a change": a fact about hosts, never about releases. */
export type Edge = {
  /** Digest of the livepatch that was replaced; null where the hosts ran none. */
  readonly previous: string | null
  readonly next: string
  readonly fleet: string
  readonly change: string
  /** Left out: `previous` was replaced. Else it was disabled first, so that its own callbacks ran, and its module was removed. */
  readonly route?: 'disable-then-load' | undefined
  /** ISO 8601. */
  readonly at: string
  readonly hosts: number
  /** Functions as `object:function`. */
  readonly kept: readonly string[]
  readonly repatched: readonly string[]
  readonly added: readonly string[]
  readonly reverted: readonly string[]
  /** Obligations, `<livepatch>:<object|vmlinux>:<callback>`, that an emergency left open on these hosts; absent where it left none. */
  readonly leftOpen?: readonly string[] | undefined
}
